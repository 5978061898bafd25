"""Bytes become rows, whatever they are."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from letters_and_answers import document, letter, letter_row, result, row

from consumer import records
from consumer.store.rows import DeadLetterRow, ResultRow, UnreadableRow
from consumer.store.store import Store
from inference.contract import Arrival

TEXTS = st.text(max_size=300)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
FIELDS = st.sampled_from(sorted(document("a"))) | st.sampled_from(["request", "model", "id"])
BIGGEST = 2**63 - 1


def arrival(value: bytes | None, timestamp: int = 0) -> Arrival:
    return Arrival("results", 3, 17, timestamp, None, value, [])


LETTER_HEADERS = st.dictionaries(st.sampled_from(sorted(dict(letter("a").headers))), TEXTS)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.dictionaries(FIELDS, VALUES, max_size=3)), st.lists(LETTER_HEADERS))
async def test_whatever_is_made_of_a_record_the_store_takes(
    store: Store, results: list[dict[str, object]], headers: list[dict[str, str]]
) -> None:
    values = [json.dumps(document("a", **changes)).encode() for changes in results]
    kept = [records.result(arrival(value, n)) for n, value in enumerate(values)]
    letters = [records.dead_letter(letter("a", n, changes)) for n, changes in enumerate(headers)]
    written = await store.write([*kept, *letters])

    assert written.repeated <= len(kept) + len(letters)


def storable(kept: ResultRow | DeadLetterRow | UnreadableRow) -> bool:
    numbers = [value for value in kept if isinstance(value, int)]
    return all(-BIGGEST <= number <= BIGGEST for number in numbers)


def test_a_result_is_kept_with_its_document_byte_for_byte() -> None:
    record = result("a", key=b"\xffkey")
    kept = row("a", key=b"\xffkey")

    assert record.value == kept.document.encode()
    assert (kept.key, kept.rank, kept.model) == ("\\xffkey", 3, "parrot")
    assert kept.asked == 1_700_000_000_000


@given(st.binary() | st.none())
def test_any_bytes_give_a_row(value: bytes | None) -> None:
    assert isinstance(records.result(arrival(value)), UnreadableRow)


@given(st.dictionaries(FIELDS, VALUES, max_size=3))
def test_a_result_with_strange_fields_gives_a_row_that_fits_the_store(
    changes: dict[str, object],
) -> None:
    value = json.dumps(document("a", **changes)).encode("utf-8", "replace")
    kept = records.result(arrival(value))

    assert storable(kept)


@pytest.mark.parametrize("number", [-1, 2**63, 10**400])
def test_numbers_that_no_column_holds_are_unreadable(number: int) -> None:
    assert isinstance(records.result(result("a", version=number)), UnreadableRow)


@pytest.mark.parametrize("name", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_json_is_not_given_out_as_json(name: str) -> None:
    value = json.dumps(document("a", answer={"score": 1})).replace("1}", name + "}").encode()

    assert isinstance(records.result(arrival(value)), UnreadableRow)


def test_the_reason_names_our_field_and_never_a_value() -> None:
    kept = records.result(result("a", answered_by="secret"))

    assert isinstance(kept, UnreadableRow)
    assert kept.why == "not a result: answered_by: enum"


@pytest.mark.parametrize(
    ("time", "milliseconds"),
    [
        ("1970-01-01T00:00:01+00:00", 1000),
        ("1970-01-01T00:00:01", 1000),
        ("1970-01-01T01:00:01.5+01:00", 1500),
        ("0001-01-01T00:00:00+23:59", -62135683140000),
    ],
)
def test_the_time_of_a_request_is_kept_in_utc(time: str, milliseconds: int) -> None:
    request = document("a")["request"] | {"time": time}

    assert row("a", request=request).asked == milliseconds


@given(st.integers(-(2**63), 2**63 - 1))
def test_a_time_that_a_sender_made_up_can_still_be_shown(timestamp: int) -> None:
    kept = records.result(result("a")._replace(timestamp=timestamp))

    assert isinstance(kept, ResultRow)
    assert datetime.fromtimestamp(kept.answered / 1000, UTC).year >= 1970


def test_a_dead_letter_is_kept_without_its_bytes() -> None:
    kept = letter_row("a", 5, {"dlq.replays": "2", "dlq.attempts": "3"})

    assert kept.id == "dead-letters-0-5-1700000000005"
    assert (kept.reason, kept.replays, kept.attempts) == ("refused", 2, 3)
    assert (kept.request_topic, kept.request_partition, kept.request_offset) == (
        "echo.requests",
        0,
        7,
    )
    assert "the original" not in map(str, kept)


@given(st.lists(st.tuples(TEXTS | st.sampled_from(["dlq.replays"]), st.binary() | st.none())))
def test_headers_that_a_sender_made_up_hide_no_dead_letter(
    headers: list[tuple[str, bytes | None]],
) -> None:
    record = letter("a")
    kept = records.dead_letter(record._replace(headers=[*headers, *record.headers]))

    assert isinstance(kept, DeadLetterRow)
    assert kept.reason == "refused"
    assert storable(kept)


@given(st.lists(st.tuples(TEXTS, st.binary())), st.binary() | st.none())
def test_a_record_that_no_worker_wrote_is_no_dead_letter(
    headers: list[tuple[str, bytes]], value: bytes | None
) -> None:
    kept = records.dead_letter(arrival(value)._replace(headers=headers))

    assert isinstance(kept, UnreadableRow)
    assert "without the header" in kept.why
