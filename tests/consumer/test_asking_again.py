"""Degraded answers asked again: store, broker and store again, and HTTP."""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete
from asked_and_answered import answer, kept, there
from httpx import ASGITransport, AsyncClient
from traffic_of_answers import publish, until

from consumer import connection
from consumer.api import create_api
from consumer.asking import asked_again
from consumer.condition import Condition
from consumer.replay import Done
from consumer.replaying import Pace
from consumer.store import queries
from consumer.store.queries import Span
from consumer.store.store import Store
from consumer.store.wanted import Wanted
from inference.contract import Arrival, Level
from inference.kafka import KafkaSettings, Topics
from inference.web.guard.guard import Guard
from inference.web.guard.settings import GuardSettings

pytestmark = pytest.mark.kafka

FAST = Pace(10_000)
COMPACTED = {
    "cleanup.policy": "compact",
    "segment.ms": "1",
    "min.cleanable.dirty.ratio": "0.0",
    "max.compaction.lag.ms": "1",
}


@pytest.fixture
async def http(store: Store, kafka: KafkaSettings, topics: Topics) -> AsyncIterator[AsyncClient]:
    app = create_api(store, Condition(60), kafka, topics, Guard(GuardSettings(), "127.0.0.1"))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://localhost") as client:
        yield client


async def asked(kafka: KafkaSettings, requests: str, count: int) -> list[Arrival]:
    """So many questions, as they lie in Kafka."""
    sent = [Arrival(requests, 0, 0, 0, b"%d" % n, b"text %d" % n, []) for n in range(count)]
    await publish(kafka, requests, sent)
    return await there(kafka, requests)


async def answered(store: Store, questions: list[Arrival], level: Level = Level.LIGHT) -> None:
    degraded = level is not Level.FULL
    await store.write([kept(answer(each, level, degraded=degraded)) for each in questions])


async def texts(store: Store) -> list[str]:
    page = await store.ask(partial(queries.results, span=Span(500), lane=None, key=None))
    return sorted(found["document"].rpartition('"text":"')[2][:5] for found in page.rows)


async def test_the_better_answer_to_a_question_asked_again_takes_the_place_of_the_first(
    kafka: KafkaSettings, topics: Topics, requests: str, store: Store
) -> None:
    questions = await asked(kafka, requests, 20)
    await answered(store, questions)
    await answered(store, questions[:5], Level.FULL)
    done = await run(kafka, topics, store, Wanted(lane="echo"))
    again = (await there(kafka, requests))[20:]
    await answered(store, again, Level.FULL)

    assert [one.outcome for one in done] == ["replayed"] * 15
    assert sorted(r.value or b"" for r in again) == sorted(q.value or b"" for q in questions[5:])
    assert await texts(store) == ["full "] * 20
    assert await run(kafka, topics, store, Wanted()) == []


async def test_an_answer_that_is_degraded_again_changes_nothing_unless_it_is_forced(
    kafka: KafkaSettings, topics: Topics, requests: str, store: Store
) -> None:
    await answered(store, await asked(kafka, requests, 1))
    await run(kafka, topics, store, Wanted())
    await answered(store, (await there(kafka, requests))[1:], Level.BASIC)
    assert await texts(store) == ["light"]

    await run(kafka, topics, store, Wanted(force=True))
    last = (await there(kafka, requests))[-1]
    await answered(store, [last], Level.BASIC)

    assert await texts(store) == ["basic"]
    assert dict(last.headers)["dlq.replays"] == b"2"


async def test_questions_that_kafka_has_deleted_are_named_and_not_invented(
    kafka: KafkaSettings, topics: Topics, requests: str, store: Store
) -> None:
    questions = await asked(kafka, requests, 10)
    await answered(store, questions)
    gone = questions[0]
    async with connection.admin(kafka) as admin:
        tp = TopicPartition(requests, gone.partition)
        await admin.delete_records({tp: RecordsToDelete(gone.offset + 1)})
    done = await run(kafka, topics, store, Wanted())

    (expired,) = [one for one in done if one.outcome == "expired"]
    assert (expired.id, "deleted" in expired.detail) == (kept(answer(gone)).id, True)
    assert len(await there(kafka, requests)) == 9 + 9


async def test_questions_that_were_compacted_are_expired(
    kafka: KafkaSettings,
    topics: Topics,
    names: Callable[[str], str],
    create_topics: Callable[..., Awaitable[None]],
    sqlite: Store,
) -> None:
    compacted = names("compacted")
    await create_topics([compacted], partitions=1, settings=COMPACTED)
    questions = await asked(kafka, compacted, 3)
    await answered(sqlite, questions)

    async def is_compacted() -> bool:
        # A later record of the key, and one more so that its segment is no longer the last.
        await publish(kafka, compacted, [questions[1], Arrival(compacted, 0, 0, 0, b"x", b"", [])])
        return questions[1].offset not in {r.offset for r in await there(kafka, compacted)}

    await until(is_compacted)
    done = await run(kafka, topics, sqlite, Wanted(), Pace(10_000, dry_run=True))
    outcomes = {one.id: one.outcome for one in done}
    found = [outcomes[kept(answer(each)).id] for each in questions]
    assert found == ["would replay", "expired", "would replay"]


async def test_a_dry_run_asks_nothing_counts_nothing_and_forces_nothing(
    kafka: KafkaSettings, topics: Topics, requests: str, store: Store
) -> None:
    await answered(store, await asked(kafka, requests, 3))
    done = await run(kafka, topics, store, Wanted(force=True), Pace(100, dry_run=True))
    await answered(store, await asked(kafka, requests, 3), Level.BASIC)

    assert [one.outcome for one in done] == ["would replay"] * 3
    assert len(await run(kafka, topics, store, Wanted(again=False))) == 6


async def test_over_http_questions_are_not_asked_again_twice_by_mistake(
    kafka: KafkaSettings, requests: str, store: Store, http: AsyncClient
) -> None:
    questions = await asked(kafka, requests, 2)
    await answered(store, questions)
    dry = await replayed(http, lane="echo", dry_run=True)
    reports = [await replayed(http, lane="echo", again=again) for again in (False, False, True)]

    assert dry["counts"] == {"would replay": 2}
    assert [report["counts"] for report in reports] == [{"replayed": 2}, {}, {"replayed": 2}]
    first = kept(answer(questions[0]))
    (shown,) = [one for one in dry["results"] if one["id"] == first.id]
    assert shown == {
        "id": first.id,
        "outcome": "would replay",
        "detail": None,
        "request_id": first.request_id,
        "lane": "echo",
        "answered_by": "light",
        "topic": requests,
    }


async def replayed(http: AsyncClient, **wanted: object) -> dict[str, Any]:
    told = await http.post("/results/replay", json=wanted)
    assert told.status_code == 200, told.text
    found: dict[str, Any] = told.json()
    return found


async def run(
    kafka: KafkaSettings, topics: Topics, store: Store, wanted: Wanted, pace: Pace = FAST
) -> list[Done]:
    asking = asked_again(kafka, topics, store, wanted, pace)
    return [done async for some in asking for done in some]
