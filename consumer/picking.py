"""Takes single records out of Kafka, many in one go: reads over what is near, leaps otherwise."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition

from consumer.fetching import POLL_MS, Fetched, Fetching, Patience
from inference.contract import Arrival

# A leap throws away what was fetched ahead.
LEAP = 200


class Spot(NamedTuple):
    """A place in Kafka."""

    topic: str
    partition: int
    offset: int

    @property
    def tp(self) -> TopicPartition:
        """The partition as the client names it."""
        return TopicPartition(self.topic, self.partition)


class Picking:
    """Records found, and the wanted offsets of each partition that lie ahead, lowest last."""

    def __init__(self, spots: Iterable[Spot]) -> None:
        self.found: dict[Spot, Arrival] = {}
        self.left: dict[TopicPartition, list[int]] = defaultdict(list)
        for spot in sorted(spots, reverse=True):
            self.left[spot.tp].append(spot.offset)

    def take(self, fetched: Fetched) -> None:
        """Keep what is wanted of it."""
        for tp, batch in fetched.items():
            wanted = set(self.left.get(tp, ()))
            for arrival in batch:
                if arrival.offset in wanted:
                    self.found[Spot(tp.topic, tp.partition, arrival.offset)] = arrival

    async def go_on(self, consumer: AIOKafkaConsumer) -> None:
        """Leave behind what the reader has passed, there or not; leap where the next is far off."""
        for tp, offsets in list(self.left.items()):
            position = await consumer.position(tp)
            while offsets and offsets[-1] < position:
                offsets.pop()
            if not offsets:
                consumer.pause(tp)
                del self.left[tp]
            elif offsets[-1] - position > LEAP:
                consumer.seek(tp, offsets[-1])


async def pick(consumer: AIOKafkaConsumer, spots: Iterable[Spot]) -> dict[Spot, Arrival]:
    """The records at these places, which lie before the ends of their partitions.

    Those that are missing are not there any more.
    """
    picking, patience = Picking(spots), Patience()
    starts = {tp: offsets[-1] for tp, offsets in picking.left.items()}
    consumer.assign(list(starts))
    for tp, offset in starts.items():
        consumer.seek(tp, offset)
    fetching = Fetching(consumer, starts)
    while picking.left:
        fetched = await fetching.fetch(POLL_MS)
        patience.hear(fetched)
        picking.take(fetched)
        await picking.go_on(consumer)
    return picking.found
