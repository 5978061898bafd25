"""A record of Kafka becomes the row that is kept of it. Pure, and content with any bytes."""

from pydantic import ValidationError
from pydantic_core import from_json

from consumer import letters
from consumer.letters import NotUnderstood
from consumer.store.rows import DeadLetterRow, Place, ResultRow, UnreadableRow, unreadable
from consumer.store.text import clipped, indexed
from consumer.times import bounded, milliseconds
from inference.contract import UNREADABLE, Arrival, Document, Level, ModelRef, RequestRef, Result

RANKS = {Level.FULL: 3, Level.LIGHT: 2, Level.BASIC: 1}
NO_VALUE = "not a result: the record has no value"
NOT_TAKEN_APART = "the client cannot take the record apart: the name of a header is not UTF-8"
_BIGGEST = 2**63 - 1
_Result = Result[Document]


def place(arrival: Arrival) -> Place:
    """Where a record lies."""
    return Place(arrival.topic, arrival.partition, arrival.offset, arrival.timestamp)


def result(arrival: Arrival) -> ResultRow | UnreadableRow:
    """An answer, or why this is none."""
    if arrival.value is None:
        return unreadable(place(arrival), NOT_TAKEN_APART if _is_sign(arrival) else NO_VALUE)
    try:
        if b"NaN" in arrival.value or b"Infinity" in arrival.value:
            # The model would take these for numbers; readers of our JSON would not.
            from_json(arrival.value, allow_inf_nan=False)
        document = _Result.model_validate_json(arrival.value)
        return _result_row(arrival, arrival.value.decode(), document)
    except ValidationError as error:
        return unreadable(place(arrival), f"not a result: {_first(error)}")
    except ValueError:
        return unreadable(place(arrival), "not a result: not JSON, or a number out of range")


def dead_letter(arrival: Arrival) -> DeadLetterRow | UnreadableRow:
    """A dead letter's metadata, or why this is none."""
    letter = letters.read(arrival)
    if _is_sign(arrival) and isinstance(letter, NotUnderstood):
        return unreadable(place(arrival), NOT_TAKEN_APART)
    if isinstance(letter, NotUnderstood):
        return unreadable(place(arrival), clipped(letter.why))
    return DeadLetterRow(
        id=letter.place.id,
        topic=arrival.topic,
        partition=arrival.partition,
        offset=arrival.offset,
        request_id=indexed(letter.request_id),
        source=indexed(letter.source),
        lane=indexed(letter.lane),
        reason=indexed(letter.reason),
        stage=clipped(letter.stage),
        detail=clipped(letter.detail),
        attempts=letter.attempts,
        replays=letter.replays,
        request_topic=clipped(letter.topic),
        request_partition=letter.partition,
        request_offset=letter.offset,
        by_reference=letter.reference is not None,
        arrived=bounded(arrival.timestamp),
    )


def _result_row(arrival: Arrival, text: str, document: _Result) -> ResultRow:
    request, model = document.request, document.model
    key = arrival.key
    return ResultRow(
        id=indexed(document.id),
        request_id=indexed(request.id),
        source=indexed(request.source),
        lane=indexed(document.lane),
        version=_storable(document.version),
        key=None if key is None else indexed(key.decode("utf-8", "backslashreplace")),
        request_topic=clipped(request.topic),
        request_partition=_storable(request.partition),
        request_offset=_storable(request.offset),
        answered_by=document.answered_by,
        rank=RANKS[document.answered_by],
        degraded=document.degraded,
        from_cache=document.from_cache,
        cache_tier=document.cache_tier,
        model=None if model is None else clipped(model.name),
        model_version=None if model is None else clipped(model.version),
        asked=milliseconds(request.time),
        answered=bounded(arrival.timestamp),
        document=text,
    )


def _is_sign(arrival: Arrival) -> bool:
    return any(name == UNREADABLE for name, _ in arrival.headers)


def _storable(number: int) -> int:
    if not 0 <= number <= _BIGGEST:
        raise ValueError
    return number


def _first(error: ValidationError) -> str:
    """The first thing that is wrong; only names of our own fields, since the rest may be data."""
    fault = error.errors(include_input=False, include_context=False, include_url=False)[0]
    names = [part for part in fault["loc"] if part in _FIELDS]
    return f"{'.'.join(map(str, names)) or 'the document'}: {fault['type']}"


_FIELDS = {*Result.model_fields, *RequestRef.model_fields, *ModelRef.model_fields}
