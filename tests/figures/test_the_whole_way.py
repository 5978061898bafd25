"""`python -m consumer serve`: from results on Kafka to trends over HTTP and bursts on a topic."""

import asyncio
import json
import signal
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from analysed import LANE, NOW, result

from consumer_process import Serving, serving
from inference.figures import Burst
from inference.kafka import KafkaSettings, Topics
from local.kafka import Broker

pytestmark = pytest.mark.kafka

LIMIT = 60.0


@pytest.fixture
async def topics(
    names: Callable[[str], str], create_topics: Callable[..., Awaitable[None]]
) -> Topics:
    made = Topics(
        results_topic=names("results"),
        dead_letters_topic=names("dead"),
        bursts_topics={LANE: names("news.trends")},
    )
    there = [made.results_topic, made.dead_letters_topic, made.bursts_topics[LANE]]
    await create_topics(there, partitions=2)
    return made


def articles() -> list[bytes]:
    """A calm day, and in its last quarter of an hour a rise."""
    now = NOW - datetime.now(UTC)
    calm = [("calm", now + timedelta(minutes=10 * n)) for n in range(140)]
    risen = [("chips", now + timedelta(minutes=n)) for n in range(15)]
    return [
        result(f"Daily {keyword} {n}", [keyword], 0.5, ago).model_dump_json().encode()
        for n, (keyword, ago) in enumerate([*calm, *risen])
    ]


async def publish(kafka: KafkaSettings, topic: str, values: list[bytes]) -> None:
    async with AIOKafkaProducer(**kafka.client_options()) as producer:
        await asyncio.gather(*[await producer.send(topic, value) for value in values])


async def day(consumer: Serving) -> dict[str, int]:
    """How many articles each keyword has had in a day."""
    answer = await consumer.get("/news/trends?window=24h&by=keyword")
    assert answer is not None
    (window,) = answer.json()["windows"]
    return {it["key"]: it["count"] for it in window["keywords"]}


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    end = time.monotonic() + LIMIT
    while not await holds():
        assert time.monotonic() < end
        await asyncio.sleep(0.1)


async def has_read(consumer: Serving, records: int) -> bool:
    """Whether so many have come through."""
    answer = await consumer.get("/metrics")
    lines = answer.text.splitlines() if answer else []
    read = [line.split()[1] for line in lines if line.startswith("consumer_records_total{")]
    return sum(map(float, read)) >= records


async def has_told(kafka: KafkaSettings, topic: str) -> bool:
    return bool(await told_on(kafka, topic))


async def told_on(kafka: KafkaSettings, topic: str) -> list[Burst]:
    """What is on the topic of bursts."""
    options = kafka.client_options() | {"auto_offset_reset": "earliest"}
    async with AIOKafkaConsumer(topic, **options) as consumer:
        batches = await consumer.getmany(timeout_ms=1000)
    records = [record for batch in batches.values() for record in batch]
    return [Burst.model_validate_json(record.value) for record in records]


async def test_results_that_come_again_and_kills_between_change_no_count_and_tell_no_burst_twice(
    broker: Broker, topics: Topics, tmp_path: Path
) -> None:
    kafka, values = KafkaSettings(bootstrap_servers=broker.bootstrap), articles()
    told = {"BURSTS_TOPICS": json.dumps(topics.bursts_topics), "CONSUMER_BURST_INTERVAL": "0.2"}
    for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGTERM):
        await publish(kafka, topics.results_topic, values * 3)
        async with serving(kafka, topics, tmp_path, **told) as consumer:
            await until(partial(has_read, consumer, len(values) * 3))
            await until(partial(has_told, kafka, topics.bursts_topics[LANE]))
            assert await day(consumer) == {"calm": 140, "chips": 15}
            await consumer.end(number)

    (burst,) = await told_on(kafka, topics.bursts_topics[LANE])
    assert (burst.key, burst.mean) == ("chips", 0.5)
