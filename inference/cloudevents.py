"""CloudEvents 1.0 over Kafka: headers to attributes and back, bytes in, bytes out.

Binary mode is written; binary, structured and bare records (no CloudEvents header at all) are read.
"""

import base64
import hashlib
import json
import re
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from inference.contract import UNREADABLE, Arrival, Content, Reason, Rejection

STAGE = "envelope"
UNREADABLE_DETAIL = (
    "it, or a record before it in its produce batch, has a header whose name is not UTF-8 text"
)
_PREFIX = "ce_"
_REQUIRED = ("specversion", "id", "source", "type")
_RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})"
)
# Milliseconds that the calendar has; a sender may give a record any 64 bits as its time.
_FIRST, _LAST = -62_135_596_800_000, 253_402_300_799_999
# RFC 9562: the two highest bits of this digit are 10.
_VARIANT = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}
_RESULT_NAMESPACE = uuid.UUID("6f1d1a5e-7f0c-5d0e-9a51-0d3a6c1f2b77").bytes


class Envelope(NamedTuple):
    """A record understood as an event: who asked, when, and what they sent."""

    id: str
    source: str
    type: str | None
    time: str
    content: Content


def read(arrival: Arrival) -> Envelope | Rejection:
    """The event in a record, or why there is none."""
    if not arrival.headers:
        return _read_bare(arrival, None)
    headers = dict(arrival.headers)
    if UNREADABLE in headers:
        return Rejection(Reason.MALFORMED, "fetch", UNREADABLE_DETAIL)
    content_type = headers.get("content-type")
    if content_type is not None and content_type[:23].lower() == b"application/cloudevents":
        return _read_structured(arrival)
    if any(name.startswith(_PREFIX) for name in headers):
        return _read_binary(arrival, headers, content_type)
    return _read_bare(arrival, content_type)


def derived(arrival: Arrival) -> tuple[str, str]:
    """Id and source of a record whose sender gave none: the same record, the same id."""
    identity = f"{arrival.partition}-{arrival.offset}-{arrival.timestamp}"
    return identity, f"/kafka/{arrival.topic}"


def result_id(source: str, request_id: str, lane: str, version: int) -> bytes:
    """The uuid5 of a question: asked again, it gets the same.

    uuid.uuid5 does the same at five times the cost, and this runs once per record.
    """
    hashed = _hashed(source).copy()
    hashed.update(f"{request_id}\n{lane}\n{version}".encode())
    text = hashed.hexdigest()
    variant = _VARIANT[text[16]]
    return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{variant}{text[17:20]}-{text[20:32]}".encode()


@lru_cache(maxsize=1024)
def _hashed(source: str) -> "hashlib._Hash":
    """What all questions of a source have in common; its length, so that no two names are alike."""
    name = f"{len(source)}\n{source}\n"
    return hashlib.sha1(_RESULT_NAMESPACE + name.encode(), usedforsecurity=False)


def now() -> bytes:
    """The present, as headers give it."""
    return written_time(time.time_ns() // 1_000_000).encode()


@lru_cache(maxsize=4096)  # a batch has few different milliseconds
def written_time(timestamp: int) -> str:
    """A Kafka timestamp (milliseconds) as RFC 3339."""
    moment = datetime.fromtimestamp(min(max(timestamp, _FIRST), _LAST) / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _read_bare(arrival: Arrival, content_type: bytes | None) -> Envelope | Rejection:
    if arrival.value is None:
        return _malformed("the record has no value")
    identity, source = derived(arrival)
    said = None if content_type is None else content_type.decode("utf-8", "replace")
    asked = written_time(arrival.timestamp)
    return Envelope(identity, source, None, asked, Content(arrival.value, said))


def _read_binary(
    arrival: Arrival, headers: dict[str, bytes | None], content_type: bytes | None
) -> Envelope | Rejection:
    if arrival.value is None:
        return _malformed("the record has no value")
    try:
        attributes = {
            name[3:]: (value or b"").decode()
            for name, value in headers.items()
            if name.startswith(_PREFIX)
        }
        said = None if content_type is None else content_type.decode()
    except UnicodeDecodeError:
        return _malformed("a CloudEvents header is not UTF-8 text")
    return _envelope(arrival, attributes.get, lambda: Content(arrival.value or b"", said))


def _read_structured(arrival: Arrival) -> Envelope | Rejection:
    try:
        event = json.loads(arrival.value or b"", parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return _malformed("a structured event must be a JSON object")
    if not isinstance(event, dict):
        return _malformed("a structured event must be a JSON object")
    if not all(_is_text(event.get(name, "")) for name in _REQUIRED):
        return _malformed("a CloudEvents attribute is not text")
    if "data" not in event and "data_base64" not in event:
        return _malformed("the event has no data")
    try:
        content = _structured_content(event)
    except (ValueError, TypeError, RecursionError):
        return _malformed("the event's data cannot be read")
    return _envelope(arrival, event.get, lambda: content)


def _structured_content(event: dict[str, Any]) -> Content:
    said = event.get("datacontenttype")
    kind = said if isinstance(said, str) else None
    if "data_base64" in event:
        return Content(base64.b64decode(event["data_base64"], validate=True), kind)
    data = event["data"]
    if isinstance(data, str) and not _is_json(kind):
        return Content(data.encode("utf-8", "surrogatepass"), kind)
    return Content(json.dumps(data, allow_nan=False).encode(), kind or "application/json")


def _is_json(content_type: str | None) -> bool:
    """Without a type, a structured event's data is JSON too."""
    return content_type is None or content_type.partition(";")[0].strip().lower().endswith("json")


def _envelope(
    arrival: Arrival, attribute: Callable[[str], Any], content: Callable[[], Content]
) -> Envelope | Rejection:
    found = [attribute(name) for name in _REQUIRED]
    for name, value in zip(_REQUIRED, found, strict=True):
        if not isinstance(value, str) or not value:
            return _malformed(f"the CloudEvents attribute {name} is missing")
    if found[0] != "1.0":
        return _malformed("specversion must be 1.0")
    asked = attribute("time")
    if asked is None:
        asked = written_time(arrival.timestamp)
    elif not _is_time(asked):
        return _malformed("the CloudEvents attribute time is not an RFC 3339 time")
    return Envelope(found[1], found[2], found[3], asked, content())


def _is_text(value: object) -> bool:
    """Text that UTF-8 can carry: JSON may hold half a surrogate pair."""
    try:
        return isinstance(value, str) and bool(value.encode() or True)
    except UnicodeEncodeError:
        return False


def _is_time(text: object) -> bool:
    if not isinstance(text, str) or not _RFC_3339.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _refuse_constant(name: str) -> None:
    message = f"{name} is not JSON"
    raise ValueError(message)


def _malformed(detail: str) -> Rejection:
    return Rejection(Reason.MALFORMED, STAGE, detail)
