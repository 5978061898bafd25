"""A batch on its way, and how to cut what was fetched into batches."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from aiokafka import ConsumerRecord, TopicPartition

from inference.contract import Arrival, Departure
from inference.journey import Trip
from inference.ladder import Waits
from inference.stream.turn import Turn

# What Python needs around a record; so tombstones, whose value counts -1, have a size as well.
AROUND = 200

Records = Sequence["ConsumerRecord[bytes, bytes]"]
Fetched = Mapping[TopicPartition, Records]


class Ready(NamedTuple):
    """What of a batch may be published, up to which offsets that is, and what is left of it."""

    departures: Sequence[Departure]
    ends: Mapping[TopicPartition, int]
    rest: list[Arrival]


@dataclass(eq=False)
class Batch:
    """Records of some partitions, in order, and their place in the order of publication."""

    arrivals: list[Arrival]
    ends: dict[TopicPartition, int]
    turn: Turn
    size: int
    careful: bool = False

    def ready(self, trip: Trip) -> Ready:
        """Of each partition, all that lies before whatever has to wait."""
        if trip.waits is None:
            return Ready(trip.departures, self.ends, [])
        departures: list[Departure] = []
        rest: list[Arrival] = []
        stops: dict[TopicPartition, int] = {}
        for arrival, outcome in zip(self.arrivals, trip.outcomes, strict=True):
            tp = TopicPartition(arrival.topic, arrival.partition)
            if tp in stops or isinstance(outcome, Waits):
                stops.setdefault(tp, arrival.offset)
                rest.append(arrival)
            else:
                departures.append(outcome)
        return Ready(departures, self.ends | stops, rest)


@dataclass
class Cut:
    """As much of what was fetched as fits into one batch."""

    arrivals: list[Arrival]
    ends: dict[TopicPartition, int]
    size: int = 0


def cuts(fetched: Fetched, most_bytes: int) -> Iterator[Cut]:
    """What was fetched, in order, in pieces of so many bytes (a larger record goes alone)."""
    cut = Cut([], {})
    for tp, records in fetched.items():
        for record in records:
            size = AROUND + record.serialized_key_size + record.serialized_value_size
            if record.headers:
                size += sum(len(name) + len(value or b"") for name, value in record.headers)
            if cut.arrivals and cut.size + size > most_bytes:
                yield cut
                cut = Cut([], {})
            cut.arrivals.append(_arrival(record))
            cut.ends[tp] = record.offset + 1
            cut.size += size
    if cut.arrivals:
        yield cut


def _arrival(record: "ConsumerRecord[bytes, bytes]") -> Arrival:
    return Arrival(
        record.topic,
        record.partition,
        record.offset,
        record.timestamp,
        record.key,
        record.value,
        record.headers,
    )
