"""Reads a whole topic without a group."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import UnknownTopicOrPartitionError

from inference.kafka import KafkaSettings
from inference.stream.enquiries import REQUEST_MS
from inference.stream.topics import let_go, open_admin, partitions
from inference.stream.unreadable import one_by_one

POLL_MS = 500
MOST = 1000

Places = dict[TopicPartition, int]


async def places(kafka: KafkaSettings, topic: str) -> list[TopicPartition]:
    """Its partitions; raises UnknownTopicOrPartitionError where it is not there."""
    async with open_admin(kafka) as admin:
        count = (await partitions(admin)).get(topic)
    if count is None:
        raise UnknownTopicOrPartitionError(topic)
    return [TopicPartition(topic, number) for number in range(count)]


class Bounds(NamedTuple):
    """The first offset that each partition still has, and the next one that it will give."""

    first: Places
    next: Places


class Listening:
    """Where it is in each partition, and what comes next."""

    def __init__(self, consumer: AIOKafkaConsumer, starts: Places) -> None:
        self._consumer, self.next = consumer, starts
        consumer.assign(list(starts))
        for tp, offset in starts.items():
            consumer.seek(tp, offset)

    async def more(self) -> list["ConsumerRecord[bytes, bytes]"]:
        """What has come; nothing when that takes too long."""
        try:
            got = await self._consumer.getmany(timeout_ms=POLL_MS)
        except UnicodeDecodeError:
            # The client has already passed over what it took before it raised.
            for tp, offset in self.next.items():
                self._consumer.seek(tp, offset)
            got = await one_by_one(self._consumer, self.next, MOST)
        for tp, records in got.items():
            self.next[tp] = records[-1].offset + 1
        return [record for records in got.values() for record in records]

    async def reached(self, ends: Places) -> bool:
        """Whether all before these offsets has come; compaction leaves holes."""
        return all([await self._consumer.position(tp) >= end for tp, end in ends.items()])


@asynccontextmanager
async def listening(
    kafka: KafkaSettings, topic: str, start: Callable[[Bounds], Places]
) -> AsyncIterator[tuple[Listening, Bounds]]:
    """From where `start` says; raises what `places` does, or KafkaError."""
    # Asked before anything names it: a broker may create a topic that is asked for by its name.
    found = await places(kafka, topic)
    consumer = AIOKafkaConsumer(
        **kafka.client_options(), request_timeout_ms=REQUEST_MS, auto_offset_reset="latest"
    )
    try:
        await consumer.start()
        first, ends = await consumer.beginning_offsets(found), await consumer.end_offsets(found)
        bounds = Bounds(first, ends)
        yield Listening(consumer, start(bounds)), bounds
    finally:
        await let_go(consumer.stop())
