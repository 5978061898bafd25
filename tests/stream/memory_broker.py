"""A broker in memory that a publisher can write to, with the faults of a real one on command."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, NamedTuple

from aiokafka.errors import (
    KafkaError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    NotLeaderForPartitionError,
    OutOfOrderSequenceNumber,
    ProducerClosed,
)
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.record.memory_records import MemoryRecords

from inference import lanes
from inference.contract import Destination
from inference.departures import Departures
from inference.stream.publisher import Outlet, Publisher

Place = tuple[str, int]

RESULTS, DEAD = "results", "dead"
DEPARTURES = Departures(lanes.contract("echo"), "group")


class Written(NamedTuple):
    """A record as the broker has it."""

    key: bytes | None
    value: bytes | None
    headers: dict[str, bytes]


class Fault(NamedTuple):
    """What happens to one produce batch: whether it is written, and what the producer hears."""

    error: KafkaError | None = None
    written: bool = True


LOST = Fault(NotLeaderForPartitionError(), written=False)
UNHEARD = Fault(KafkaTimeoutError(), written=True)


class MemoryBroker:
    """Topics with partitions; `fate` decides about each produce batch in turn, then all is well."""

    def __init__(self, partitions: int = 4, fate: Iterator[Fault] | None = None) -> None:
        self.partitions = partitions
        self.most_bytes: dict[str, int] = {}
        self.records: dict[Place, list[Written]] = {}
        self.producers: list[MemoryProducer] = []
        self.fate = fate or iter(())
        self.sizes: list[int] = []

    async def open_producer(self) -> "MemoryProducer":
        self.producers.append(MemoryProducer(self))
        return self.producers[-1]

    def write(self, place: Place, data: bytes) -> None:
        """Raises what a broker would answer."""
        fault = next(self.fate, Fault())
        if len(data) > self.most_bytes.get(place[0], 2**31):
            raise MessageSizeTooLargeError
        if fault.written:
            found = list(decoded(data))
            self.sizes.append(len(found))
            self.records.setdefault(place, []).extend(found)
        if fault.error is not None:
            raise fault.error

    def values(self, topic: str, partition: int | None = None) -> list[bytes | None]:
        wanted = [p for p in self.records if p[0] == topic and partition in {None, p[1]}]
        return [record.value for p in sorted(wanted) for record in self.records[p]]


class MemoryProducer:
    """Idempotent as aiokafka's is: after a batch that failed, its partition takes no other one."""

    max_batch_size = 1000

    def __init__(self, broker: MemoryBroker) -> None:
        self.broker = broker
        self.poisoned: set[Place] = set()
        self.stopped = False
        self.stopping: Callable[[], Awaitable[object]] = lambda: asyncio.sleep(0)
        self.answering: Callable[[], Awaitable[object]] = lambda: asyncio.sleep(0)

    async def partitions_for(self, _topic: str) -> set[int]:
        return set(range(self.broker.partitions))

    def create_batch(self) -> BatchBuilder:
        return BatchBuilder(self.max_batch_size, 0, is_transactional=False)

    async def send_batch(
        self, batch: BatchBuilder, topic: str, *, partition: int
    ) -> Awaitable[object]:
        if self.stopped:
            raise ProducerClosed
        return asyncio.ensure_future(self._answer((topic, partition), bytes(batch._build())))

    async def stop(self) -> None:
        self.stopped = True
        await self.stopping()

    async def _answer(self, place: Place, data: bytes) -> None:
        await self.answering()
        if place in self.poisoned:
            raise OutOfOrderSequenceNumber
        try:
            self.broker.write(place, data)
        except KafkaError:
            self.poisoned.add(place)
            raise


def decoded(data: bytes) -> Iterator[Written]:
    records: Any = MemoryRecords(data)
    while records.has_next():
        for record in records.next_batch():
            yield Written(record.key, record.value, dict(record.headers))


def publishing(broker: MemoryBroker, most_bytes: int = 100_000) -> Publisher:
    """A publisher to this broker that believes its topics to take so many bytes at once."""
    outlets = {
        Destination.RESULTS: Outlet(RESULTS, most_bytes),
        Destination.DEAD_LETTERS: Outlet(DEAD, most_bytes),
    }
    return Publisher(broker.open_producer, outlets, DEPARTURES.smaller)
