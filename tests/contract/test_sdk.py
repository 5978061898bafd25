"""Where the CloudEvents SDK and our codec overlap, they agree; else the specification decides."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from cloudevents.core.bindings import kafka
from cloudevents.core.bindings.kafka import KafkaMessage
from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given
from hypothesis import strategies as st

from inference import cloudevents, lanes
from inference.cloudevents import Envelope
from inference.contract import Arrival, Content
from inference.departures import Departures
from inference.journey import Journey
from inference.ladder import Ladder

ECHO = lanes.contract("echo")
times = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - st.datetimes wants bounds without a zone
printable = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)


def event(attributes: tuple[str, str, str, datetime], data: bytes, kind: str) -> CloudEvent:
    identity, source, asked, time = attributes
    return CloudEvent(
        attributes={
            "specversion": "1.0",
            "id": identity,
            "source": source,
            "type": asked,
            "time": time,
            "datacontenttype": kind,
        },
        data=data,
    )


def arrival(message: KafkaMessage) -> Arrival:
    return Arrival("t", 0, 0, 0, None, message.value, list(message.headers.items()))


def agree(read: object, attributes: tuple[str, str, str, datetime], content: Content) -> None:
    assert isinstance(read, Envelope), read
    identity, source, asked, time = attributes
    assert (read.id, read.source, read.type, read.content) == (identity, source, asked, content)
    assert datetime.fromisoformat(read.time) == time


@given(st.tuples(printable, printable, printable, times), st.binary(min_size=1))
def test_what_the_sdk_writes_in_binary_mode_we_read(
    attributes: tuple[str, str, str, datetime], data: bytes
) -> None:
    message = kafka.to_binary_event(event(attributes, data, "application/octet-stream"))
    agree(cloudevents.read(arrival(message)), attributes, Content(data, "application/octet-stream"))


@given(st.tuples(printable, printable, printable, times), st.binary(min_size=1))
def test_what_the_sdk_writes_in_structured_mode_we_read(
    attributes: tuple[str, str, str, datetime], data: bytes
) -> None:
    message = kafka.to_structured_event(event(attributes, data, "application/octet-stream"))
    agree(cloudevents.read(arrival(message)), attributes, Content(data, "application/octet-stream"))


async def answered(record: Arrival) -> Mapping[str, bytes]:
    lane = lanes.part("echo", "lane", "LANE")
    async with lane.open(1) as rungs:
        journey = Journey(ECHO, Ladder(ECHO.lane, rungs).answer, Departures(ECHO, "group"))
        [departure] = (await journey.travel([record])).departures
    headers = {name: value or b"" for name, value in departure.headers}
    return {**headers, "value": departure.value or b""}


async def test_what_we_write_the_sdk_reads() -> None:
    wrote = dict(await answered(Arrival("t", 1, 2, 3, b"k", b"hello", [])))
    value = wrote.pop("value")
    read = kafka.from_kafka_event(KafkaMessage(wrote, None, value))
    assert read.get_id() == wrote["ce_id"].decode() == json.loads(value)["id"]
    assert read.get_type() == ECHO.result_type
    assert read.get_source() == ECHO.source
    assert read.get_extension("requestid") == "1-2-3"
    assert read.get_data() == json.loads(value)


def test_structured_mode_with_ce_headers_is_what_the_sdk_misreads_and_we_do_not() -> None:
    wrote = kafka.to_structured_event(event(("1", "/me", "x", datetime.now(UTC)), b"!", "a/b"))
    both = KafkaMessage({**wrote.headers, "ce_x": b"beside"}, None, wrote.value)
    with pytest.raises(CloudEventValidationError):
        kafka.from_kafka_event(both)
    read = cloudevents.read(arrival(both))
    assert isinstance(read, Envelope)
    assert read.content == Content(b"!", "a/b")
