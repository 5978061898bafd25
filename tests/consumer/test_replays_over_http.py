"""Dead letters that were consumed, shown, put back and counted: broker, store and HTTP together."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete
from httpx import ASGITransport, AsyncClient
from letters_and_answers import letter
from traffic_of_answers import consuming, count, publish, until

from consumer import connection
from consumer.api import create_api
from consumer.condition import Condition
from consumer.store.schema import DEAD_LETTERS
from consumer.store.store import Store
from inference.contract import Arrival
from inference.kafka import KafkaSettings, Topics
from inference.web.guard.guard import Guard
from inference.web.guard.settings import GuardSettings

pytestmark = pytest.mark.kafka


@pytest.fixture
async def http(sqlite: Store, kafka: KafkaSettings, topics: Topics) -> AsyncIterator[AsyncClient]:
    app = create_api(sqlite, Condition(60), kafka, topics, Guard(GuardSettings(), "127.0.0.1"))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://localhost") as client:
        yield client


async def consumed(
    kafka: KafkaSettings, topics: Topics, sqlite: Store, letters: list[Arrival]
) -> None:
    """Publish dead letters, and return when they are stored."""

    async def all_stored() -> bool:
        return await count(sqlite, DEAD_LETTERS) == before + len(letters)

    before = await count(sqlite, DEAD_LETTERS)
    await publish(kafka, topics.dead_letters_topic, letters)
    async with consuming(kafka, topics, sqlite, group=topics.results_topic):
        await until(all_stored)


def of(requests: str, request_id: str, **more: str) -> Arrival:
    return letter(request_id, 0, {"__dlq.errors.topic": requests, **more})


async def replayed(http: AsyncClient, **wanted: object) -> dict[str, Any]:
    answer = await http.post("/dead-letters/replay", json=wanted)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_replay_is_counted_and_is_not_done_twice_by_mistake(
    kafka: KafkaSettings, topics: Topics, sqlite: Store, requests: str, http: AsyncClient
) -> None:
    await consumed(kafka, topics, sqlite, [of(requests, "a"), of(requests, "b")])
    dry = await replayed(http, lane="echo", dry_run=True)
    first = await replayed(http, lane="echo")
    second = await replayed(http, lane="echo")
    again = await replayed(http, lane="echo", again=True)
    shown = (await http.get("/dead-letters")).json()["dead_letters"]

    assert [report["counts"] for report in (dry, first, second, again)] == [
        {"would replay": 2},
        {"replayed": 2},
        {},
        {"replayed": 2},
    ]
    assert {one["replays"] for one in shown} == {2}


async def test_a_dead_letter_named_by_its_id_is_replayed_once(
    kafka: KafkaSettings, topics: Topics, sqlite: Store, requests: str, http: AsyncClient
) -> None:
    await consumed(kafka, topics, sqlite, [of(requests, "a"), of(requests, "b")])
    ids = [one["id"] for one in (await http.get("/dead-letters")).json()["dead_letters"]]
    first = await replayed(http, ids=ids[:1])
    second = await replayed(http, ids=ids)

    assert first["counts"] == {"replayed": 1}
    assert second["counts"] == {"skipped": 1, "replayed": 1}


async def test_a_dead_letter_that_comes_again_says_how_often_it_was_replayed(
    kafka: KafkaSettings, topics: Topics, sqlite: Store, requests: str, http: AsyncClient
) -> None:
    await consumed(kafka, topics, sqlite, [of(requests, "a")])
    await consumed(kafka, topics, sqlite, [of(requests, "a", **{"dlq.replays": "1"})])
    newest = (await http.get("/dead-letters")).json()["dead_letters"][0]

    assert (newest["request_id"], newest["replays"], newest["replayed"]) == ("a", 1, None)


async def test_a_dead_letter_says_whether_its_bytes_are_still_in_kafka(
    kafka: KafkaSettings, topics: Topics, sqlite: Store, requests: str, http: AsyncClient
) -> None:
    await consumed(kafka, topics, sqlite, [of(requests, "a")])
    (shown,) = (await http.get("/dead-letters")).json()["dead_letters"]
    there = (await http.get(f"/dead-letters/{shown['id']}")).json()
    async with connection.admin(kafka) as admin:
        tp = TopicPartition(topics.dead_letters_topic, shown["place"]["partition"])
        await admin.delete_records({tp: RecordsToDelete(shown["place"]["offset"] + 1)})
    gone = (await http.get(f"/dead-letters/{shown['id']}")).json()
    report = await replayed(http, ids=[shown["id"]])

    assert (there["in_kafka"], gone["in_kafka"]) == (True, False)
    assert report["counts"] == {"expired": 1}
