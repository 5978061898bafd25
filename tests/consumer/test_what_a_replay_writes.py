"""What a dead letter becomes, header by header; no broker."""

import hashlib
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters_and_answers import letter

from consumer import letters, replay
from consumer.letters import DeadLetter
from consumer.replay import Impossible, Original, Outcome, Reference, Selection
from consumer.store.rows import Place
from inference import cloudevents
from inference.cloudevents import Envelope
from inference.contract import Arrival, Headers

OURS = {"results", "dead-letters"}
TOPICS = st.from_regex(r"[a-zA-Z0-9._-]{1,249}", fullmatch=True)
BARE = {"dlq.id": "0-7-1600000000000", "dlq.source": "/kafka/echo.requests"}


def understood(record: Arrival) -> DeadLetter:
    found = letters.read(record)
    assert isinstance(found, DeadLetter)
    return found


def original(record: Arrival) -> Original:
    found = understood(record)
    made = replay.original(found, found.original, OURS, "penstock.{}.requested.v1".format)
    assert isinstance(made, Original)
    return made


def carrying(headers: Headers, changes: Mapping[str, str] = {}) -> Arrival:
    record = letter("a", changes=changes)
    return record._replace(headers=[*headers, *record.headers])


def test_a_record_goes_back_with_its_key_its_value_and_its_own_headers() -> None:
    sent = [("traceparent", b"00-1"), ("ce_id", b"a"), ("ce_source", b"/s"), ("x", b"\xff")]
    made = original(carrying(sent))

    assert (made.topic, made.partition) == ("echo.requests", 0)
    assert (made.key, made.value) == (b"key", b"the original")
    assert made.headers == [*sent, ("dlq.replays", b"1")]


def test_replays_are_counted_up() -> None:
    once = carrying([("ce_id", b"a"), ("ce_source", b"/s"), ("dlq.replays", b"4")])

    assert dict(original(once).headers)["dlq.replays"] == b"5"


@given(st.binary(max_size=30))
def test_a_count_that_a_sender_made_up_is_no_obstacle(count: bytes) -> None:
    made = original(carrying([("dlq.replays", count)]))

    assert int(dict(made.headers)["dlq.replays"] or b"") >= 1


def test_a_record_without_an_id_is_the_same_request_again_at_its_new_place() -> None:
    made = original(letter("", changes=BARE))
    again = Arrival("echo.requests", 5, 99, 1_800_000_000_000, b"key", made.value, made.headers)
    envelope = cloudevents.read(again)

    assert isinstance(envelope, Envelope)
    assert (envelope.id, envelope.source) == (BARE["dlq.id"], BARE["dlq.source"])
    assert (envelope.type, envelope.time) == (
        "penstock.echo.requested.v1",
        "2020-09-13T12:26:40.000Z",  # of the record itself: its id says so
    )


def test_a_record_with_some_headers_of_cloudevents_gets_only_the_missing_id() -> None:
    made = original(carrying([("ce_type", b"mine")], BARE))

    assert [name for name, _ in made.headers] == ["ce_type", "ce_id", "ce_source", "dlq.replays"]


def test_a_structured_event_keeps_the_id_that_is_in_it() -> None:
    structured = [("content-type", b"Application/CloudEvents+json; charset=utf-8")]

    assert original(carrying(structured)).headers == [*structured, ("dlq.replays", b"1")]


@pytest.mark.parametrize("topic", ["results", "dead-letters", "__consumer_offsets"])
def test_nothing_is_put_on_a_topic_that_takes_no_requests(topic: str) -> None:
    found = understood(letter("a", changes={"__dlq.errors.topic": topic}))
    made = replay.original(found, found.original, OURS, str)

    assert isinstance(made, Impossible)
    assert made.outcome is Outcome.REFUSED


def referring(to: str, value: bytes | None = None) -> DeadLetter:
    return understood(letter("a", changes={"dlq.ref": to})._replace(value=value))


def test_a_reference_names_where_the_original_lies() -> None:
    digest = hashlib.sha256(b"bytes").hexdigest()
    named = replay.reference(referring(f"echo.requests/0/7 sha256={digest}"))

    assert named == Reference("echo.requests", 0, 7, digest)
    kept = Arrival("echo.requests", 0, 7, 0, None, b"bytes", [])
    assert replay.restored(kept, named) == kept


@pytest.mark.parametrize("there", [None, Arrival("echo.requests", 0, 7, 0, None, b"others", [])])
def test_an_original_that_is_gone_or_another_one_is_expired(there: Arrival | None) -> None:
    restored = replay.restored(there, Reference("echo.requests", 0, 7, "00" * 32))

    assert isinstance(restored, Impossible)
    assert restored.outcome is Outcome.EXPIRED


@pytest.mark.parametrize(
    "reference", ["", "nonsense", f"secrets/0/7 sha256={'0' * 64}", "echo.requests/0/7 sha256=0"]
)
def test_a_reference_to_anything_but_its_own_origin_is_not_followed(reference: str) -> None:
    assert isinstance(replay.reference(referring(reference or " ")), Impossible)


def test_a_reference_beside_a_value_is_a_senders_own_header() -> None:
    assert replay.reference(referring("nonsense", value=b"bytes")) is None


@pytest.mark.parametrize(
    ("selection", "taken"),
    [
        (Selection(), {"a", "b"}),
        (Selection(lane="echo"), {"a"}),
        (Selection(reason="exhausted"), {"b"}),
        (Selection(since=1_700_000_000_002), {"b"}),
        (Selection(until=1_700_000_000_002), {"a"}),
        (Selection(ids=["dead-letters-0-1-1700000000001"]), {"a"}),
        (Selection(lane="echo", reason="exhausted"), set()),
    ],
)
def test_a_selection_takes_what_meets_every_criterion(
    selection: Selection, taken: set[str]
) -> None:
    both = [letter("a", 1), letter("b", 2, {"dlq.lane": "other", "dlq.reason": "exhausted"})]

    assert {found.request_id for found in map(understood, both) if selection.takes(found)} == taken


@given(TOPICS, st.integers(0, 10**9), st.integers(0, 10**17))
def test_an_id_says_where_its_dead_letter_lies(topic: str, partition: int, offset: int) -> None:
    place = Place(topic, partition, offset, 1_700_000_000_000)

    assert replay.place(place.id) == place


@pytest.mark.parametrize("identity", ["", "a-1-2", "a-1-2-x", "-1-2-3", "a-1-2-" + "9" * 30])
def test_what_is_no_id_names_no_place(identity: str) -> None:
    assert replay.place(identity) is None
