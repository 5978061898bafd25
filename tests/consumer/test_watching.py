"""Lag and readiness, while nothing is consumed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.structs import OffsetAndMetadata
from letters_and_answers import result
from prometheus_client import REGISTRY
from traffic_of_answers import consuming, publish, until

from consumer import connection
from consumer.condition import Condition
from consumer.store.store import Store
from consumer.watch import Watch
from inference.kafka import KafkaSettings, Topics

pytestmark = pytest.mark.kafka


@asynccontextmanager
async def watching(kafka: KafkaSettings, topics: Topics, sqlite: Store) -> AsyncIterator[Condition]:
    condition = Condition(60)
    watch = Watch(kafka, topics, topics.results_topic, sqlite, condition)
    task = asyncio.create_task(watch.run(0.1))
    try:
        yield condition
    finally:
        task.cancel()
        await asyncio.wait({task})


def lag_of(topics: Topics, partition: int) -> float | None:
    labels = {"topic": topics.results_topic, "partition": str(partition)}
    return REGISTRY.get_sample_value("consumer_lag", labels)


def lag(topics: Topics) -> float | None:
    found = [lag_of(topics, partition) for partition in range(2)]
    return None if None in found else sum(each or 0 for each in found)


async def holds(condition: Callable[[], bool]) -> bool:
    await asyncio.sleep(0)
    return condition()


async def test_the_lag_is_right_while_nobody_consumes_and_when_all_is_stored(
    kafka: KafkaSettings, topics: Topics, sqlite: Store
) -> None:
    await publish(kafka, topics.results_topic, [result(str(n)) for n in range(50)])
    async with watching(kafka, topics, sqlite) as condition:
        await until(lambda: holds(lambda: lag(topics) == 50))
        async with consuming(kafka, topics, sqlite, group=topics.results_topic):
            await until(lambda: holds(lambda: lag(topics) == 0))

        assert not any(condition.ready().values())


async def test_records_that_expired_before_they_were_stored_are_counted(
    kafka: KafkaSettings, topics: Topics, sqlite: Store
) -> None:
    await publish(kafka, topics.results_topic, [result(str(n), key=b"k") for n in range(50)])
    async with connection.reader(kafka, group_id=topics.results_topic) as consumer:
        ours = [TopicPartition(topics.results_topic, partition) for partition in range(2)]
        (full,) = [tp for tp, end in (await consumer.end_offsets(ours)).items() if end]
        consumer.assign([full])
        await consumer.commit({full: 0})
    async with connection.admin(kafka) as admin:
        await admin.delete_records({full: RecordsToDelete(20)})
    async with watching(kafka, topics, sqlite):
        await until(lambda: holds(lambda: expired(topics) == 20))


class Loading(AIOKafkaAdminClient):  # type: ignore[misc]  # aiokafka has no types
    """Answers as aiokafka does while the group's coordinator loads: of one partition, nothing."""

    async def list_consumer_group_offsets(
        self, *_: object, partitions: list[TopicPartition]
    ) -> dict[TopicPartition, OffsetAndMetadata]:
        return {tp: OffsetAndMetadata(-1, "") for tp in partitions if tp.partition}


async def test_of_a_partition_whose_offset_is_not_known_yet_no_lag_is_shown(
    kafka: KafkaSettings, topics: Topics, sqlite: Store
) -> None:
    await publish(kafka, topics.results_topic, [result(str(n), key=b"k") for n in range(50)])
    watch = Watch(kafka, topics, topics.results_topic, sqlite, Condition(60))
    admin = Loading(**kafka.client_options())
    await admin.start()
    async with connection.reader(kafka) as reader:
        await watch.look(admin, reader)
    await admin.close()

    shown = [lag_of(topics, partition) is None for partition in range(2)]
    assert shown == [True, False]


async def test_topics_that_are_missing_are_named(
    kafka: KafkaSettings, names: Callable[[str], str], sqlite: Store
) -> None:
    missing = Topics(results_topic=names("none"), dead_letters_topic=names("nor-this"))
    async with watching(kafka, missing, sqlite) as condition:
        await until(lambda: holds(lambda: missing.results_topic in (condition.topics or "")))

        assert "inference topics" in (condition.topics or "")


def expired(topics: Topics) -> float | None:
    labels = {"topic": topics.results_topic}
    return REGISTRY.get_sample_value("consumer_expired_records_total", labels)
