"""What the journey promises, whatever comes."""

import json
from collections.abc import Sequence
from dataclasses import replace

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st

from docs.generate import schemas
from echo_lane.contract import Echo
from inference import lanes
from inference.contract import Arrival, Contract, Departure, Destination, Reason, Result
from inference.departures import Departures
from inference.journey import Journey
from inference.ladder import Ladder

LANE = lanes.part("echo", "lane", "LANE")
CONTRACT: Contract[str, Echo] = replace(LANE.contract, max_bytes=100)
VALID = jsonschema.Draft202012Validator(dict(schemas.result(CONTRACT)))

words = st.sampled_from([b"hello", b"!fail", b"!flaky", b"!refuse", b"!bad unpacking", b"!"])
names = st.sampled_from(
    ["ce_id", "ce_source", "ce_type", "ce_specversion", "ce_time", "content-type", "traceparent"]
)
said = st.sampled_from(
    [b"1.0", b"x", b"\xff", b"", b"penstock.echo.requested.v1", b"penstock.other.requested.v1"]
)
# A header without a value is legal in Kafka, whatever types say.
values = said | st.binary(max_size=9) | st.none()
headers = st.lists(st.tuples(names | st.text(max_size=4), values), max_size=7)
records = st.builds(
    Arrival,
    topic=st.just("echo.requests"),
    partition=st.integers(0, 9),
    offset=st.integers(0, 2**63 - 1),
    timestamp=st.integers(-1, 2**41) | st.sampled_from([-(2**63), 2**63 - 1]),
    key=st.none() | st.binary(max_size=5),
    value=st.none() | words | st.binary(max_size=150),
    headers=st.just([]) | headers,
)


async def travelled(arrivals: Sequence[Arrival]) -> list[Departure]:
    async with LANE.open(1) as rungs:
        journey = Journey(
            CONTRACT, Ladder(CONTRACT.lane, rungs).answer, Departures(CONTRACT, "group")
        )
        return (await journey.travel(arrivals)).departures


def outcome(departure: Departure) -> tuple[Destination, Reason | None, object]:
    """What became of it, without times."""
    if departure.destination is Destination.DEAD_LETTERS:
        return departure.destination, departure.reason, departure.value
    document = json.loads(departure.value or b"")
    return departure.destination, None, (document["id"], document["answer"])


@given(st.lists(records, max_size=12))
async def test_every_arrival_departs_once_in_order_with_its_key(arrivals: list[Arrival]) -> None:
    departures = await travelled(arrivals)
    assert [departure.arrival for departure in departures] == arrivals
    assert [departure.key for departure in departures] == [arrival.key for arrival in arrivals]


@settings(max_examples=50)
@given(st.lists(records, min_size=2, max_size=8))
async def test_what_becomes_of_an_arrival_does_not_depend_on_its_neighbours(
    arrivals: list[Arrival],
) -> None:
    together = [outcome(departure) for departure in await travelled(arrivals)]
    alone = [outcome((await travelled([arrival]))[0]) for arrival in arrivals]
    assert together == alone


@given(st.lists(records, max_size=12))
async def test_every_result_is_what_the_schema_promises(arrivals: list[Arrival]) -> None:
    for departure in await travelled(arrivals):
        if departure.destination is Destination.RESULTS:
            document = json.loads(departure.value or b"")
            VALID.validate(document)
            read = Result[Echo].model_validate_json(departure.value or b"")
            assert (read.request.partition, read.request.offset) == departure.arrival[1:3]
            assert read.id == (dict(departure.headers)["ce_id"] or b"").decode()


@given(st.lists(records, max_size=12))
async def test_a_dead_letter_holds_the_original_byte_for_byte(arrivals: list[Arrival]) -> None:
    for departure in await travelled(arrivals):
        if departure.destination is Destination.DEAD_LETTERS:
            original = departure.arrival
            assert departure.value == original.value
            assert list(departure.headers)[: len(original.headers)] == list(original.headers)
            added = departure.headers[len(original.headers) :]
            assert all(isinstance(value, bytes) for _, value in added)


@given(st.binary(min_size=101, max_size=300))
async def test_a_value_over_the_limit_is_refused_and_not_read(value: bytes) -> None:
    [departure] = await travelled([Arrival("t", 0, 0, 0, None, value, [])])
    assert departure.reason is Reason.REFUSED


async def test_one_that_fails_for_good_leaves_nine_answered() -> None:
    values = [b"!fail" if n == 4 else b"%d" % n for n in range(10)]
    departures = await travelled(
        [Arrival("t", 0, n, 0, None, value, []) for n, value in enumerate(values)]
    )
    assert [d.reason for d in departures] == [Reason.DEFECT if n == 4 else None for n in range(10)]


async def test_one_that_asks_to_be_tried_again_is_answered() -> None:
    [departure] = await travelled([Arrival("t", 0, 0, 0, None, b"!flaky", [])])
    assert departure.destination is Destination.RESULTS
