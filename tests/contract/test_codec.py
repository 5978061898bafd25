import base64
import json
import uuid
from datetime import UTC, datetime

import arrivals as given_by
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference import cloudevents
from inference.cloudevents import Envelope
from inference.contract import Arrival, Content, Headers, Reason, Rejection

NAMESPACE = uuid.UUID("6f1d1a5e-7f0c-5d0e-9a51-0d3a6c1f2b77")
STRUCTURED = (("content-type", b"application/cloudevents+json; charset=UTF-8"),)
REQUIRED = {"specversion": "1.0", "id": "1", "source": "/me", "type": "asked"}


def arrival(value: bytes | None, headers: Headers = ()) -> Arrival:
    return Arrival("topic", 3, 14, 1_700_000_000_123, b"key", value, headers)


def structured(**attributes: object) -> Envelope | Rejection:
    event = {**REQUIRED, **attributes}
    return cloudevents.read(arrival(json.dumps(event).encode(), STRUCTURED))


def understood(read: Envelope | Rejection) -> Envelope:
    assert isinstance(read, Envelope), read
    return read


def detail(read: Envelope | Rejection) -> str:
    assert isinstance(read, Rejection), read
    assert read.reason is Reason.MALFORMED
    return read.detail


@given(given_by.hostile)
def test_whatever_comes_is_an_event_or_a_rejection(record: Arrival) -> None:
    read = cloudevents.read(record)
    if isinstance(read, Rejection):
        assert (read.reason, read.stage) == (Reason.MALFORMED, "envelope")
    else:
        assert read.id
        assert read.source
        (read.id + read.source + read.time).encode()
        assert isinstance(read.content.data, bytes)


@given(
    st.dictionaries(
        st.sampled_from([*REQUIRED, "time", "data", "data_base64", "datacontenttype"]),
        given_by.json_values
        | st.floats()
        | st.sampled_from(["1.0", "application/json", "AA==", "\ud800"]),
    )
)
def test_whatever_a_structured_event_holds_it_is_understood_or_rejected(
    event: dict[str, object],
) -> None:
    read = cloudevents.read(arrival(json.dumps({**REQUIRED, **event}).encode(), STRUCTURED))
    if isinstance(read, Envelope):
        (read.id + read.source + read.time).encode()


@given(
    st.tuples(given_by.text, given_by.text, given_by.text),
    st.binary(),
    st.datetimes(timezones=st.just(UTC)),
)
def test_what_a_sender_writes_in_binary_mode_is_what_we_read(
    attributes: tuple[str, str, str], data: bytes, time: datetime
) -> None:
    identity, source, kind = attributes
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", identity.encode()),
        ("ce_source", source.encode()),
        ("ce_type", kind.encode()),
        ("ce_time", time.isoformat().encode()),
        ("content-type", b"image/jpeg"),
    ]
    assert cloudevents.read(arrival(data, headers)) == Envelope(
        identity, source, kind, time.isoformat(), Content(data, "image/jpeg")
    )


@given(st.binary(), st.none() | st.just("image/png"))
def test_bytes_survive_base64(data: bytes, kind: str | None) -> None:
    encoded = base64.b64encode(data).decode()
    read = understood(structured(data_base64=encoded, datacontenttype=kind))
    assert read.content == Content(data, kind)


@given(given_by.json_values)
def test_json_survives_structured_mode(data: object) -> None:
    read = understood(structured(data=data))
    assert read.content.type == "application/json"
    assert json.loads(read.content.data) == data


@given(given_by.text, given_by.text, st.sampled_from(["echo", "x-y"]), st.integers(1, 99))
def test_a_results_id_is_the_uuid5_of_its_question(
    source: str, identity: str, lane: str, version: int
) -> None:
    name = f"{len(source)}\n{source}\n{identity}\n{lane}\n{version}"
    ours = cloudevents.result_id(source, identity, lane, version)
    assert ours.decode() == str(uuid.uuid5(NAMESPACE, name))


def test_two_questions_never_share_a_result_id_however_they_are_written() -> None:
    assert cloudevents.result_id("a\nb", "c", "echo", 1) != cloudevents.result_id(
        "a", "b\nc", "echo", 1
    )


@pytest.mark.parametrize(
    "time",
    ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.123456789+05:30", "1985-04-12T23:20:50.52Z"],
)
def test_a_time_by_rfc_3339_is_kept_as_it_is(time: str) -> None:
    assert understood(structured(time=time, data=1)).time == time


@pytest.mark.parametrize(
    "time",
    ["", "now", "2026-01-31", "2026-01-31T12:00:00", "2026-W05-6T12:00:00Z", "20260131T120000Z",
     "2026-02-30T12:00:00Z", "2026-01-31T12:00Z", "٢٠٢٦-01-31T12:00:00Z", 1, None, {}],
)  # fmt: skip
def test_another_time_is_refused_and_null_means_none(time: object) -> None:
    read = structured(time=time, data=1)
    if time is None:
        assert understood(read).time == "2023-11-14T22:13:20.123Z"
    else:
        assert detail(read) == "the CloudEvents attribute time is not an RFC 3339 time"


@pytest.mark.parametrize("name", list(REQUIRED))
def test_a_missing_attribute_is_named(name: str) -> None:
    headers = [(f"ce_{n}", v.encode()) for n, v in REQUIRED.items() if n != name]
    said = f"the CloudEvents attribute {name} is missing"
    assert detail(cloudevents.read(arrival(b"x", headers))) == said
    assert detail(structured(**{name: ""}, data=1)) == said


@pytest.mark.parametrize(
    ("value", "headers"),
    [
        (None, ()),
        (None, [(f"ce_{name}", value.encode()) for name, value in REQUIRED.items()]),
        (json.dumps(REQUIRED).encode(), STRUCTURED),
    ],
)
def test_an_event_without_data_asks_nothing(value: bytes | None, headers: Headers) -> None:
    assert "no " in detail(cloudevents.read(arrival(value, headers)))


@pytest.mark.parametrize(
    "value", [b"", b"[]", b"1", b"{", b'{"a": NaN}', b"\xff\xfe", b"[" * 100_000, None]
)
def test_a_structured_event_that_is_no_object_is_malformed(value: bytes | None) -> None:
    said = "a structured event must be a JSON object"
    assert detail(cloudevents.read(arrival(value, STRUCTURED))) == said


def test_a_number_that_json_cannot_write_is_malformed() -> None:
    event = json.dumps({**REQUIRED, "data": 0}).replace('"data": 0', '"data": 1e999')
    assert "data" in detail(cloudevents.read(arrival(event.encode(), STRUCTURED)))


def test_a_string_is_json_when_its_type_says_so_and_text_when_it_does_not() -> None:
    kinds = {None: b'"hi"', "application/json; charset=utf-8": b'"hi"', "text/plain": b"hi"}
    for kind, data in kinds.items():
        assert understood(structured(data="hi", datacontenttype=kind)).content.data == data


def test_structured_mode_with_ce_headers_beside_it_is_read_from_its_value() -> None:
    beside = [*STRUCTURED, ("ce_id", b"other"), ("ce_specversion", b"1.0")]
    event = json.dumps({**REQUIRED, "data": 1}).encode()
    assert understood(cloudevents.read(arrival(event, beside))).id == "1"


def test_a_bare_record_gets_its_id_from_where_and_when_it_lies() -> None:
    read = understood(cloudevents.read(arrival(b"\xff\xd8", [("content-type", b"image/jpeg")])))
    assert read == Envelope(
        "3-14-1700000000123",
        "/kafka/topic",
        None,
        "2023-11-14T22:13:20.123Z",
        Content(b"\xff\xd8", "image/jpeg"),
    )


@pytest.mark.parametrize("timestamp", [-1, -(2**63), 2**63 - 1])
def test_a_time_that_no_calendar_has_is_still_written(timestamp: int) -> None:
    written = cloudevents.written_time(timestamp)
    assert datetime.fromisoformat(written).tzinfo is not None
