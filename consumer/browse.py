"""Reads Kafka without a group: single records by their place, or a topic as it is now."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from consumer import connection
from consumer.connection import REQUEST_MS
from consumer.fetching import POLL_MS, Fetching, Patience
from consumer.picking import Spot, pick
from inference.contract import Arrival
from inference.errors import Unavailable
from inference.kafka import KafkaSettings

Offsets = Mapping[TopicPartition, int]


class Bounds(NamedTuple):
    """The first offset that a partition still has, and the next one that it will give."""

    first: int
    next: int

    def hold(self, offset: int) -> bool:
        """Whether the record may still be there; one that was compacted is not."""
        return self.first <= offset < self.next


class Browser:
    """Looks at what is in Kafka and changes nothing."""

    def __init__(self, admin: AIOKafkaAdminClient, consumer: AIOKafkaConsumer) -> None:
        self._admin, self._consumer = admin, consumer

    async def topics(self) -> dict[str, frozenset[int]]:
        """Every topic that can be seen, and the numbers of its partitions."""
        there = await connection.partitions(self._admin)
        return {topic: frozenset(tp.partition for tp in tps) for topic, tps in there.items()}

    async def bounds(self, topics: Iterable[str]) -> dict[TopicPartition, Bounds]:
        """What each partition of these topics has now; nothing of a topic that is not there."""
        there = await connection.partitions(self._admin)
        wanted = [tp for topic in topics for tp in there.get(topic, ())]
        if not wanted:
            return {}
        first = await self._consumer.beginning_offsets(wanted)
        following = await self._consumer.end_offsets(wanted)
        return {tp: Bounds(first[tp], following[tp]) for tp in wanted}

    async def since(self, partitions: Mapping[TopicPartition, Bounds], moment: int) -> Offsets:
        """The first offset of each partition that was written at that moment or later."""
        found = await self._consumer.offsets_for_times(dict.fromkeys(partitions, moment))
        return {
            tp: bounds.next if found.get(tp) is None else found[tp].offset
            for tp, bounds in partitions.items()
        }

    async def fetch(self, topic: str, partition: int, offset: int) -> Arrival | None:
        """The record at a place; None if Kafka does not have it any more."""
        spot = Spot(topic, partition, offset)
        return (await self.pick([spot])).get(spot)

    async def pick(self, spots: Iterable[Spot]) -> dict[Spot, Arrival]:
        """The records at these places, without those that Kafka does not have any more."""
        wanted = set(spots)
        bounds = await self.bounds({spot.topic for spot in wanted})
        there = [s for s in wanted if s.tp in bounds and bounds[s.tp].hold(s.offset)]
        return await pick(self._consumer, there) if there else {}

    async def read(self, starts: Offsets, ends: Offsets) -> AsyncIterator[Arrival]:
        """Every record from the starts up to the ends; in order within a partition."""
        left = {tp for tp, start in starts.items() if start < ends[tp]}
        if not left:
            return
        fetching = self._go_to({tp: starts[tp] for tp in left})
        patience = Patience()
        while left:
            fetched = await fetching.fetch(POLL_MS)
            patience.hear(fetched)
            for tp, batch in fetched.items():
                for arrival in batch:
                    if arrival.offset < ends[tp]:
                        yield arrival
            left -= {tp for tp in left if await self._consumer.position(tp) >= ends[tp]}

    async def follow(self, starts: Offsets) -> AsyncIterator[Arrival]:
        """Every record from the starts on, and then those that come."""
        fetching = self._go_to(starts)
        while True:
            for batch in (await fetching.fetch(POLL_MS)).values():
                for arrival in batch:
                    yield arrival

    def _go_to(self, places: Offsets) -> Fetching:
        self._consumer.assign(list(places))
        for tp, offset in places.items():
            self._consumer.seek(tp, offset)
        return Fetching(self._consumer, places)


@asynccontextmanager
async def browsing(kafka: KafkaSettings) -> AsyncIterator[Browser]:
    """A browser; raises Unavailable where no broker answers."""
    try:
        async with (
            connection.admin(kafka) as admin,
            connection.reader(kafka, request_timeout_ms=REQUEST_MS) as consumer,
        ):
            yield Browser(admin, consumer)
    except (KafkaError, OSError) as error:
        message = f"no broker answers at {kafka.bootstrap_servers} ({type(error).__name__})"
        raise Unavailable(message) from error
