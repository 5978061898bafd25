"""`python -m consumer`, started, stopped and killed."""

import asyncio
import signal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from letters_and_answers import result
from traffic_of_answers import committed, publish, until

from consumer_process import Serving, command, environment, serving
from inference.kafka import KafkaSettings, Topics
from local import topics as local_topics
from local.kafka import Broker
from local.ports import free_port

pytestmark = pytest.mark.kafka


async def is_committed(kafka: KafkaSettings, topics: Topics, records: int) -> bool:
    return await committed(kafka, topics.results_topic, topics.results_topic) == records


async def test_sigterm_ends_it_with_everything_committed(
    kafka: KafkaSettings, topics: Topics, tmp_path: Path
) -> None:
    await publish(kafka, topics.results_topic, [result(str(n)) for n in range(500)])
    async with serving(kafka, topics, tmp_path, CONSUMER_COMMIT_INTERVAL="3600") as consumer:
        await until(consumer.is_ready)
        answer = await consumer.get("/results/499?wait=20s")
        status = await consumer.end(signal.SIGTERM)

    assert (answer and answer.status_code, status) == (200, 0)
    assert await is_committed(kafka, topics, 500)


async def test_killed_at_any_moment_it_stores_each_result_once(
    kafka: KafkaSettings, topics: Topics, tmp_path: Path
) -> None:
    # A static member, so that the next process need not wait until the killed one is missed.
    settings = {"CONSUMER_BATCH": "50", "CONSUMER_GROUP_INSTANCE_ID": "one"}
    for kill in range(2):
        numbers = range(kill * 3000, (kill + 1) * 3000)
        await publish(kafka, topics.results_topic, [result(str(n)) for n in numbers])
        async with serving(kafka, topics, tmp_path, **settings) as consumer:
            await until(partial(is_stored, consumer, numbers[500]))
            await consumer.end(signal.SIGKILL)
    async with serving(kafka, topics, tmp_path, **settings) as consumer:
        await until(lambda: is_committed(kafka, topics, 6000))
        pages = await all_pages(consumer, "/results?limit=500")

    ids = [found["id"] for found in pages]
    assert (len(ids), len(set(ids))) == (6000, 6000)


async def is_stored(consumer: Serving, number: object) -> bool:
    answer = await consumer.get(f"/results/{number}")
    return answer is not None and answer.status_code == 200


async def all_pages(consumer: Serving, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while path:
        answer = await consumer.get(path)
        assert answer is not None
        found += answer.json()["results"]
        path = answer.json()["next"]
    return found


async def test_a_second_one_on_the_same_file_says_so_and_ends(
    kafka: KafkaSettings, topics: Topics, tmp_path: Path
) -> None:
    async with serving(kafka, topics, tmp_path) as first:
        await until(first.is_ready)
        env = environment(kafka, topics, STORE_URL=f"sqlite:///{tmp_path}/store.db", PORT="0")
        status, _, said = await command(env, "serve")

    assert status == 78
    assert "another consumer has" in said


@pytest.mark.usefixtures("kafka_here")
async def test_a_frozen_broker_does_not_keep_it_from_ending(topics: Topics, tmp_path: Path) -> None:
    broker = Broker(tmp_path / "kafka", free_port())
    await asyncio.to_thread(broker.start)
    try:
        mine = KafkaSettings(bootstrap_servers=broker.bootstrap)
        names = [topics.results_topic, topics.dead_letters_topic]
        await local_topics.create(broker.bootstrap, names)
        async with serving(mine, topics, tmp_path) as consumer:
            await publish(mine, topics.results_topic, [result("a")])
            await until(partial(is_stored, consumer, "a"))
            broker.freeze()
            assert await consumer.end(signal.SIGTERM) == 0
    finally:
        await asyncio.to_thread(broker.stop)
