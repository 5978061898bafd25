"""CloudEvents 1.0 over Kafka: headers to attributes and back, bytes in, bytes out.

Binary mode is written; binary, structured and bare records (no CloudEvents header at all) are read.
"""

import base64
import binascii
import hashlib
import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from inference.contract import Arrival, Content, Reason, Rejection

STAGE = "envelope"
_PREFIX = "ce_"
_REQUIRED = ("specversion", "id", "source", "type")
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
    headers = dict(arrival.headers)
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


def result_id(source: str, request_id: str, lane: str, version: int) -> str:
    """The uuid5 of a question: asked again, it gets the same."""
    name = "\n".join((source, request_id, lane, str(version))).encode()
    # uuid.uuid5 does the same at three times the cost, and this runs once per record.
    digest = bytearray(hashlib.sha1(_RESULT_NAMESPACE + name, usedforsecurity=False).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


@lru_cache(maxsize=4096)  # a batch has few different milliseconds
def written_time(timestamp: int) -> str:
    """A Kafka timestamp (milliseconds) as RFC 3339."""
    moment = datetime.fromtimestamp(timestamp / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _read_bare(arrival: Arrival, content_type: bytes | None) -> Envelope | Rejection:
    if arrival.value is None:
        return _malformed("the record has no value")
    identity, source = derived(arrival)
    said = None if content_type is None else content_type.decode("utf-8", "replace")
    time = written_time(arrival.timestamp)
    return Envelope(identity, source, None, time, Content(arrival.value, said))


def _read_binary(
    arrival: Arrival, headers: dict[str, bytes], content_type: bytes | None
) -> Envelope | Rejection:
    if arrival.value is None:
        return _malformed("the record has no value")
    try:
        attributes = {
            name[3:]: value.decode() for name, value in headers.items() if name.startswith(_PREFIX)
        }
        said = None if content_type is None else content_type.decode()
    except (UnicodeDecodeError, AttributeError):
        return _malformed("a CloudEvents header is not UTF-8 text")
    return _envelope(arrival, attributes.get, lambda: Content(arrival.value or b"", said))


def _read_structured(arrival: Arrival) -> Envelope | Rejection:
    try:
        event = json.loads(arrival.value or b"", parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return _malformed("a structured event must be a JSON object")
    if not isinstance(event, dict):
        return _malformed("a structured event must be a JSON object")
    try:
        content = _structured_content(event)
    except (ValueError, binascii.Error, RecursionError):
        return _malformed("data_base64 is not base64")
    return _envelope(arrival, event.get, lambda: content)


def _structured_content(event: dict[str, Any]) -> Content:
    said = event.get("datacontenttype")
    kind = said if isinstance(said, str) else None
    if "data_base64" in event:
        return Content(base64.b64decode(event["data_base64"], validate=True), kind)
    data = event.get("data")
    if isinstance(data, str) and kind is not None and not kind.endswith("json"):
        return Content(data.encode("utf-8", "surrogatepass"), kind)
    return Content(json.dumps(data).encode(), kind or "application/json")


def _envelope(
    arrival: Arrival, attribute: Callable[[str], Any], content: Callable[[], Content]
) -> Envelope | Rejection:
    found = [attribute(name) for name in _REQUIRED]
    for name, value in zip(_REQUIRED, found, strict=True):
        if not isinstance(value, str) or not value:
            return _malformed(f"the CloudEvents attribute {name} is missing")
    if found[0] != "1.0":
        return _malformed("specversion must be 1.0")
    time = attribute("time")
    if time is None:
        time = written_time(arrival.timestamp)
    elif not _is_time(time):
        return _malformed("the CloudEvents attribute time is not an RFC 3339 time")
    return Envelope(found[1], found[2], found[3], time, content())


def _is_time(text: object) -> bool:
    try:
        return isinstance(text, str) and datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _refuse_constant(name: str) -> None:
    message = f"{name} is not JSON"
    raise ValueError(message)


def _malformed(detail: str) -> Rejection:
    return Rejection(Reason.MALFORMED, STAGE, detail)
