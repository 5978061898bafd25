"""What the question of a degraded answer becomes, header by header; no broker."""

from collections.abc import Sequence

import pytest
from asked_and_answered import answer, kept
from hypothesis import assume, given
from hypothesis import strategies as st

from consumer import questions
from consumer.replay import Impossible, Original, Outcome
from consumer.store.wanted import Degraded
from inference import cloudevents
from inference.cloudevents import Envelope
from inference.contract import Arrival

OURS = {"results", "dead-letters"}
EVENT = [("ce_specversion", b"1.0"), ("ce_id", b"7"), ("ce_source", b"/s"), ("ce_type", b"t")]
BARE = Arrival("echo.requests", 3, 7, 1_600_000_000_000, b"k", b"hello", [])
NAMES = st.sampled_from(["traceparent", "dlq.replays", "dlq.mine", "content-type", "x"])
HEADERS = st.lists(st.tuples(NAMES, st.binary(max_size=9) | st.none()), max_size=4)
ASKED = st.builds(
    BARE._replace,
    key=st.none() | st.binary(max_size=9),
    value=st.just(b"text"),
    headers=HEADERS | HEADERS.map(lambda more: [*more, *EVENT]),
)


def degraded(question: Arrival, replays: int = 0) -> Degraded:
    row = kept(answer(question))
    given = row._asdict() | {"replays": replays}
    return Degraded(*(given[name] for name in Degraded._fields))


def again(question: Arrival, replays: int = 0) -> Original:
    made = questions.original(degraded(question, replays), question, OURS, typed)
    assert isinstance(made, Original), made
    return made


def typed(lane: str) -> str:
    return f"penstock.{lane}.requested.v1"


def arrived(made: Original) -> Arrival:
    """The question at its new place."""
    headers = made.headers
    return Arrival(made.topic, 5, 99, 1_800_000_000_000, made.key, made.value, headers)


@given(ASKED)
def test_any_question_asked_again_gets_an_answer_with_the_same_id(question: Arrival) -> None:
    first = cloudevents.read(question)
    assume(isinstance(first, Envelope))  # what is malformed was never answered
    made = again(question)
    second = cloudevents.read(arrived(made))

    assert (made.topic, made.partition) == ("echo.requests", 3)
    assert (made.key, made.value) == (question.key, question.value)
    assert kept(answer(arrived(made))).id == kept(answer(question)).id
    assert isinstance(first, Envelope)
    assert isinstance(second, Envelope)
    assert (first.content, first.time) == (second.content, second.time) or question.headers


def test_a_question_with_an_id_goes_back_as_it_was_sent() -> None:
    sent = [("traceparent", b"00-1"), ("dlq.mine", b"\xff"), *EVENT]

    assert again(BARE._replace(headers=sent)).headers == [*sent, ("dlq.replays", b"1")]


def test_a_question_without_headers_says_who_it_is_and_when_it_was_asked() -> None:
    assert dict(again(BARE).headers) == {
        "ce_specversion": b"1.0",
        "ce_id": b"3-7-1600000000000",
        "ce_source": b"/kafka/echo.requests",
        "ce_type": b"penstock.echo.requested.v1",
        "ce_time": b"2020-09-13T12:26:40.000Z",
        "dlq.replays": b"1",
    }


@pytest.mark.parametrize(("said", "known", "count"), [(b"2", 0, b"3"), (b"1", 4, b"5")])
def test_replays_are_counted_by_the_record_and_by_the_store(
    said: bytes, known: int, count: bytes
) -> None:
    made = again(BARE._replace(headers=[*EVENT, ("dlq.replays", said)]), known)

    assert [value for name, value in made.headers if name == "dlq.replays"] == [count]


OTHERS: Sequence[Arrival | None] = [
    None,
    BARE._replace(timestamp=1_600_000_000_001),
    BARE._replace(value=None),
    BARE._replace(headers=[("ce_id", b"only")]),
    BARE._replace(headers=EVENT),
]


@pytest.mark.parametrize("there", OTHERS)
def test_a_question_that_is_gone_or_another_one_is_expired(there: Arrival | None) -> None:
    made = questions.original(degraded(BARE), there, OURS, typed)

    assert isinstance(made, Impossible)
    assert made.outcome is Outcome.EXPIRED


@pytest.mark.parametrize("topic", ["results", "dead-letters", "__consumer_offsets"])
def test_nothing_is_put_on_a_topic_that_takes_no_requests(topic: str) -> None:
    question = BARE._replace(topic=topic)
    made = questions.original(degraded(question), question, OURS, typed)

    assert isinstance(made, Impossible)
    assert made.outcome is Outcome.REFUSED
