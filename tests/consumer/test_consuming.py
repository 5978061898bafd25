"""From a real broker into a real store, through everything that may go wrong between them."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest
from letters_and_answers import letter, result
from traffic_of_answers import committed, consuming, count, publish, publish_spoilt, until

from consumer.store.rows import Row, Written
from consumer.store.schema import DEAD_LETTERS, RESULTS, UNREADABLE
from consumer.store.store import Store, database, opened
from inference.contract import Arrival
from inference.kafka import KafkaSettings, Topics
from postgres_cluster import Cluster

pytestmark = pytest.mark.kafka

HOSTILE = [None, b"", b"\xff\xfe", b"null", b"[]", b"{}", b"9" * 5000, b'{"id":', b"[" * 10_000]


class DiesAfterWriting(Store):
    """A store whose process is killed between the write and the commit."""

    async def write(self, rows: Sequence[Row]) -> Written:
        await super().write(rows)
        raise ProcessKilledError


class ProcessKilledError(Exception):
    pass


async def test_what_comes_is_stored_and_then_committed(
    kafka: KafkaSettings, topics: Topics, sqlite: Store
) -> None:
    await publish(kafka, topics.results_topic, [result(str(n)) for n in range(1000)])
    await publish(kafka, topics.dead_letters_topic, [letter(str(n)) for n in range(10)])
    async with consuming(kafka, topics, sqlite, group=topics.results_topic) as condition:
        await until(lambda: has(sqlite, results=1000, letters=10))

        assert not any(condition.ready().values())
    names = (topics.results_topic, topics.dead_letters_topic)
    assert await committed(kafka, topics.results_topic, *names) == 1010


async def test_a_kill_between_storing_and_committing_loses_and_doubles_nothing(
    kafka: KafkaSettings, topics: Topics, tmp_path: Path
) -> None:
    url, group = f"sqlite:///{tmp_path}/store.db", topics.results_topic
    await publish(kafka, topics.results_topic, [result(str(n)) for n in range(100)])
    dying = DiesAfterWriting(database(url))
    await dying.open()
    with pytest.raises(ProcessKilledError):
        async with consuming(kafka, topics, dying, group=group):
            await until(lambda: has(dying, results=100))
    await dying.close()
    assert await committed(kafka, group, topics.results_topic) == 0

    async with opened(url) as store, consuming(kafka, topics, store, group=group):
        await until(lambda: is_committed(kafka, topics, 100))
        assert await count(store, RESULTS) == 100


async def test_while_the_store_is_away_records_wait_and_none_is_lost(
    kafka: KafkaSettings, topics: Topics, sqlite: Store, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    await publish(kafka, topics.results_topic, [result(str(n)) for n in range(100)])
    async with consuming(kafka, topics, sqlite, group=topics.results_topic) as condition:
        await until(lambda: says(condition.store, "does not answer"))
        assert await committed(kafka, topics.results_topic, topics.results_topic) == 0
        other.execute("ROLLBACK")
        other.close()
        await until(lambda: has(sqlite, results=100))

        assert condition.store is None


async def test_records_that_cannot_be_understood_are_noted_and_hold_up_nobody(
    kafka: KafkaSettings, topics: Topics, sqlite: Store
) -> None:
    hostile = [Arrival("", 0, 0, 0, b"k", value, [("h", b"\xff")]) for value in HOSTILE]
    good = [result(str(n)) for n in range(100)]
    await publish(kafka, topics.results_topic, [*good[:50], *hostile, *good[50:]])
    await publish(kafka, topics.dead_letters_topic, [*hostile, letter("a")])
    async with consuming(kafka, topics, sqlite, group=topics.results_topic):
        await until(lambda: has(sqlite, results=100, letters=1, unreadable=2 * len(HOSTILE)))


async def test_records_that_the_client_cannot_take_apart_hold_up_nobody(
    kafka: KafkaSettings, topics: Topics, sqlite: Store
) -> None:
    await publish(kafka, topics.results_topic, [result(str(n)) for n in range(50)])
    await publish_spoilt(kafka, topics.results_topic, 3)
    await publish_spoilt(kafka, topics.dead_letters_topic, 2)
    await publish(kafka, topics.results_topic, [result(str(n)) for n in range(50, 100)])
    await publish(kafka, topics.dead_letters_topic, [letter("a")])
    async with consuming(kafka, topics, sqlite, group=topics.results_topic):
        await until(lambda: has(sqlite, results=100, letters=1, unreadable=5))
        await publish_spoilt(kafka, topics.results_topic, 1)
        await until(lambda: has(sqlite, results=100, letters=1, unreadable=6))
        await until(lambda: is_committed(kafka, topics, 104))


async def test_missing_topics_are_named_and_waited_for(
    kafka: KafkaSettings,
    create_topics: Callable[..., Awaitable[None]],
    sqlite: Store,
    names: Callable[[str], str],
) -> None:
    missing = Topics(results_topic=names("late"), dead_letters_topic=names("later"))
    async with consuming(kafka, missing, sqlite, group=names("group")) as condition:
        await until(lambda: says(condition.topics, missing.results_topic))
        await create_topics([missing.results_topic, missing.dead_letters_topic])
        await publish(kafka, missing.results_topic, [result("a")])
        await until(lambda: has(sqlite, results=1))

        assert condition.topics is None


async def test_a_broker_that_is_away_is_said_and_holds_up_no_end(
    topics: Topics, sqlite: Store
) -> None:
    nobody = KafkaSettings(bootstrap_servers="127.0.0.1:1")
    async with consuming(nobody, topics, sqlite) as condition:
        await until(lambda: says(condition.broker, "does not answer"))


async def has(store: Store, results: int = 0, letters: int = 0, unreadable: int = 0) -> bool:
    tables = (RESULTS, DEAD_LETTERS, UNREADABLE)
    return [await count(store, table) for table in tables] == [results, letters, unreadable]


async def is_committed(kafka: KafkaSettings, topics: Topics, records: int) -> bool:
    return await committed(kafka, topics.results_topic, topics.results_topic) == records


async def says(sentence: str | None, words: str) -> bool:
    await asyncio.sleep(0)
    return words in (sentence or "")


@pytest.mark.postgres
async def test_several_consumers_share_the_work_and_one_may_leave(
    kafka: KafkaSettings, topics: Topics, postgres: Cluster
) -> None:
    url, group = postgres.emptied(), topics.results_topic
    async with opened(url) as one, consuming(kafka, topics, one, group=group):
        async with opened(url) as other, consuming(kafka, topics, other, group=group):
            await publish(kafka, group, [result(str(n)) for n in range(1000)])
            await until(lambda: has(one, results=1000))
        await publish(kafka, group, [result(str(n)) for n in range(1000, 2000)])
        await until(lambda: has(one, results=2000))
    assert await is_committed(kafka, topics, 2000)
