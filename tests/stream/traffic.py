"""Records, cuts and batches for the tests of the stream."""

from collections.abc import Iterable, Sequence

from aiokafka import ConsumerRecord, TopicPartition

from inference.contract import Arrival, Departure, Destination, Headers, Reason
from inference.stream.assignment import Assignment
from inference.stream.batch import Batch, Cut
from inference.stream.flight import Flight

TOPIC = "questions"
NOW = 1_700_000_000_000


def place(partition: int) -> TopicPartition:
    return TopicPartition(TOPIC, partition)


def arrival(
    offset: int, partition: int = 0, value: bytes | None = b"text", headers: Headers = ()
) -> Arrival:
    return Arrival(TOPIC, partition, offset, NOW + offset, b"key", value, headers)


def arrivals(*values: str) -> list[Arrival]:
    return [arrival(offset, value=value.encode()) for offset, value in enumerate(values)]


def record(
    offset: int,
    partition: int = 0,
    value: bytes | None = b"text",
    key: bytes | None = None,
    headers: Headers = (),
) -> "ConsumerRecord[bytes, bytes]":
    return ConsumerRecord(
        topic=TOPIC,
        partition=partition,
        offset=offset,
        timestamp=NOW + offset,
        timestamp_type=0,
        key=key,
        value=value,
        checksum=None,
        serialized_key_size=-1 if key is None else len(key),
        serialized_value_size=-1 if value is None else len(value),
        headers=headers,
    )


def result(of: Arrival, value: bytes | None = b"answer") -> Departure:
    return Departure(of, Destination.RESULTS, value, [])


def dead_letter(of: Arrival, reason: Reason = Reason.REFUSED) -> Departure:
    return Departure(of, Destination.DEAD_LETTERS, of.value, [], reason)


def cut(first: int, count: int = 1, partition: int = 0, size: int = 1) -> Cut:
    found = [arrival(offset, partition) for offset in range(first, first + count)]
    return Cut(found, {place(partition): first + count}, size)


def airfield(
    partitions: Iterable[int] = (0,),
    *,
    horizon: int = 1000,
    most_bytes: int = 1000,
    marks: Sequence[str] = (),
) -> Flight:
    """A flight that owns these partitions, in which nothing was committed but marks."""
    made = Flight(Assignment(horizon), most_bytes)
    places = [place(partition) for partition in partitions]
    made.begin(places)
    for number, tp in enumerate(places):
        made.assignment.settle(tp, 0, marks[number] if marks else "")
    return made


def take(flight: Flight, first: int, count: int = 1, partition: int = 0, size: int = 1) -> Batch:
    """What the reader does with a cut: careful where the partition is suspected."""
    careful = flight.assignment.parts[place(partition)].careful
    return flight.take(cut(first, count, partition, size), careful=careful)
