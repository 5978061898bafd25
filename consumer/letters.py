"""What the headers of a dead letter say: who asked, where it lay, and why it has no answer."""

from typing import NamedTuple

from consumer.store.rows import Place
from inference.contract import Arrival, Headers

DLQ = "dlq."
ERRORS = "__dlq.errors."
REPLAYS = DLQ + "replays"
REFERENCE = DLQ + "ref"

_DIGITS = 18  # as many as surely fit into 64 bits


class DeadLetter(NamedTuple):
    """A record of the dead-letter topic, understood; `original` is what could not be answered."""

    place: Place
    lane: str
    reason: str
    stage: str
    detail: str
    attempts: int
    replays: int
    request_id: str
    source: str
    topic: str
    partition: int
    offset: int
    original: Arrival
    reference: str | None

    @property
    def id(self) -> str:
        """The name of its record."""
        return self.place.id


class NotUnderstood(NamedTuple):
    """Why a record is no dead letter."""

    why: str


def read(arrival: Arrival) -> DeadLetter | NotUnderstood:
    """The dead letter in a record; of headers that a sender wrote too, the worker's hold."""
    texts = {name: _text(value) for name, value in arrival.headers}
    needed = [DLQ + "lane", DLQ + "reason", DLQ + "id", DLQ + "source", ERRORS + "topic"]
    missing = [name for name in needed if not texts.get(name)]
    partition = _number(texts.get(ERRORS + "partition"))
    offset = _number(texts.get(ERRORS + "offset"))
    if missing or partition is None or offset is None:
        names = missing or [ERRORS + "partition or offset"]
        return NotUnderstood(f"not a dead letter: without the header {', '.join(names)}")
    return DeadLetter(
        place=Place(arrival.topic, arrival.partition, arrival.offset, arrival.timestamp),
        lane=texts[DLQ + "lane"],
        reason=texts[DLQ + "reason"],
        stage=texts.get(DLQ + "stage", ""),
        detail=texts.get(DLQ + "detail", ""),
        attempts=_number(texts.get(DLQ + "attempts")) or 1,
        replays=_number(texts.get(REPLAYS)) or 0,
        request_id=texts[DLQ + "id"],
        source=texts[DLQ + "source"],
        topic=texts[ERRORS + "topic"],
        partition=partition,
        offset=offset,
        original=arrival,
        reference=texts.get(REFERENCE) if arrival.value is None else None,
    )


def replays(headers: Headers) -> int:
    """How often a record was put back on its topic."""
    return _number(_text(dict(headers).get(REPLAYS))) or 0


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")


def _number(text: str | None) -> int | None:
    if text is None or not text.isascii() or not text.isdecimal() or len(text) > _DIGITS:
        return None
    return int(text)
