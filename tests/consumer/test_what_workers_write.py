"""Results and dead letters as inference writes them are understood here, whatever came in."""

import json

from hypothesis import given
from hypothesis import strategies as st

from consumer import letters, records, replay
from consumer.letters import DeadLetter
from consumer.replay import Impossible, Original, Reference
from consumer.store.rows import ResultRow
from echo_lane.contract import CONTRACT, Echo
from inference import cloudevents
from inference.cloudevents import Envelope
from inference.contract import Arrival, Departure, Level, Reason, Rejection
from inference.departures import Departures
from inference.ladder import Answered, How

DEPARTURES = Departures(CONTRACT, "penstock.echo")
REJECTION = Rejection(Reason.EXHAUSTED, "full", "it was too tired", attempts=3)
TEXTS = st.text(min_size=1, max_size=20)
NAMES = st.text(max_size=9) | st.sampled_from(
    ["ce_id", "ce_source", "ce_type", "ce_specversion", "content-type", "dlq.id", "dlq.replays"]
)
EVENT = [("ce_specversion", b"1.0"), ("ce_id", b"7"), ("ce_source", b"/s"), ("ce_type", b"t")]
HEADERS = st.lists(st.tuples(NAMES, st.binary(max_size=9) | st.none()), max_size=4)
KEYS = st.none() | st.binary(max_size=9)
ARRIVALS = st.builds(
    Arrival,
    topic=st.just("echo.requests"),
    partition=st.integers(0, 99),
    offset=st.integers(0, 10**15),
    timestamp=st.integers(0, 10**13),
    key=KEYS,
    value=KEYS,
    headers=HEADERS | HEADERS.map(lambda more: [*more, *EVENT]),
)


def landed(departure: Departure) -> Arrival:
    """What a consumer finds of it."""
    value, headers = departure.value, departure.headers
    return Arrival("dead-letters", 0, 5, 1_700_000_000_000, departure.key, value, headers)


def understood(departure: Departure) -> DeadLetter:
    letter = letters.read(landed(departure))
    assert isinstance(letter, DeadLetter), letter
    return letter


@given(ARRIVALS)
def test_a_dead_letter_of_any_record_goes_back_as_the_same_request(arrival: Arrival) -> None:
    letter = understood(DEPARTURES.dead_letter(arrival, REJECTION))
    made = replay.original(letter, letter.original, set(), lambda _: CONTRACT.request_type)
    assert isinstance(made, Original)
    again = Arrival(made.topic, 1, 10**16, 2 * 10**12, made.key, made.value, made.headers)
    first, second = cloudevents.read(arrival), cloudevents.read(again)

    assert (made.topic, made.key, made.value) == (arrival.topic, arrival.key, arrival.value)
    assert (letter.reason, letter.attempts, letter.lane) == ("exhausted", 3, "echo")
    if isinstance(first, Envelope):
        assert isinstance(second, Envelope)
        assert (first.id, first.source) == (second.id, second.source)
        assert first.content == second.content


@given(ARRIVALS)
def test_a_dead_letter_that_did_not_fit_is_restored_from_its_origin(arrival: Arrival) -> None:
    whole = DEPARTURES.dead_letter(arrival, REJECTION)
    letter = understood(DEPARTURES.smaller(whole, 10, 5))
    named = replay.reference(letter)

    assert isinstance(named, Reference)
    assert replay.restored(arrival, named) == arrival
    changed = arrival._replace(value=(arrival.value or b"") + b"x")
    assert isinstance(replay.restored(changed, named), Impossible)


@given(ARRIVALS.map(lambda a: a._replace(headers=[*a.headers, *EVENT], value=b"text")), TEXTS)
def test_a_result_of_any_record_is_kept(arrival: Arrival, text: str) -> None:
    asked = cloudevents.read(arrival)
    if isinstance(asked, Rejection):
        return
    answered = Answered(Echo(text=text), How(Level.LIGHT, degraded=True, model=None))
    results = DEPARTURES.results(arrival.timestamp / 1000, {"read": 0.1})
    row = records.result(landed(results.write(arrival, asked, answered)))

    assert isinstance(row, ResultRow), row
    assert (row.request_offset, row.rank, row.degraded) == (arrival.offset, 2, True)
    assert json.loads(row.document)["answer"] == {"text": text}
