"""What is kept of a record: one row, or why it could not be understood."""

from collections.abc import Sequence
from typing import NamedTuple

from consumer.times import bounded


class Place(NamedTuple):
    """Where a record lies in Kafka, and since when."""

    topic: str
    partition: int
    offset: int
    timestamp: int

    @property
    def id(self) -> str:
        """The name of the record; with its time, since a topic made anew counts from 0 again."""
        return f"{self.topic}-{self.partition}-{self.offset}-{bounded(self.timestamp)}"


class ResultRow(NamedTuple):
    """An answer; `document` is the JSON of the record, `counted` what it was counted as."""

    id: str
    request_id: str
    source: str
    lane: str
    version: int
    key: str | None
    request_topic: str
    request_partition: int
    request_offset: int
    answered_by: str
    rank: int
    degraded: bool
    from_cache: bool
    cache_tier: str | None
    model: str | None
    model_version: str | None
    asked: int
    answered: int
    document: str
    counted: str | None = None


class DeadLetterRow(NamedTuple):
    """A dead letter without its bytes: those stay in Kafka at topic, partition and offset."""

    id: str
    topic: str
    partition: int
    offset: int
    request_id: str
    source: str
    lane: str
    reason: str
    stage: str
    detail: str
    attempts: int
    replays: int
    request_topic: str
    request_partition: int
    request_offset: int
    by_reference: bool
    arrived: int


class UnreadableRow(NamedTuple):
    """A record that could not be understood, and where it lies."""

    id: str
    topic: str
    partition: int
    offset: int
    why: str
    arrived: int


def unreadable(place: Place, why: str) -> UnreadableRow:
    """What is kept of a record that nothing else can be kept of."""
    topic, partition, offset, timestamp = place
    return UnreadableRow(place.id, topic, partition, offset, why, bounded(timestamp))


Row = ResultRow | DeadLetterRow | UnreadableRow


class Count(NamedTuple):
    """A change of one figure's count under a key, and of its sum in millionths.

    They sort in the order in which they are written, so that no two writers deadlock.
    """

    lane: str
    figure: str
    bucket: int
    key: str
    times: int
    total: int


class Written(NamedTuple):
    """What became of the rows of one batch: those that changed the store, and how many did not.

    `counted` is what the changes came to in figures.
    """

    stored: Sequence[Row]
    replaced: Sequence[ResultRow]
    repeated: int
    counted: Sequence[Count] = ()
