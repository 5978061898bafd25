import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from prometheus_client import REGISTRY
from traffic import arrival, arrivals

from inference import lanes
from inference.contract import Arrival, Departure, Destination, Reason
from inference.departures import Departures
from inference.errors import Fatal
from inference.stream.trial import Trial

ROOT = Path(__file__).parents[2]
PACKAGES = [ROOT / "tests" / "packages", ROOT / "tests" / "faults" / "packages"]
LIMIT = 1.0

Open = Callable[[str], Trial]


@pytest_asyncio.fixture
async def open_trial(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Open]:
    """Trials whose children find the lanes of the tests; ended with the test."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(map(str, [ROOT, *PACKAGES])))
    monkeypatch.setenv("TAP_SHUT", str(tmp_path / "shut"))
    opened: list[Trial] = []

    def open_trial(lane: str) -> Trial:
        opened.append(Trial(lane, Departures(lanes.contract("echo"), "group"), LIMIT))
        return opened[-1]

    yield open_trial
    for trial in opened:
        await trial.close()


def never() -> bool:
    return False


def outcomes(outcome: str) -> float:
    found = REGISTRY.get_sample_value(
        "inference_trials_total", {"lane": "echo", "outcome": outcome}
    )
    return found or 0


def answered(departures: list[Departure]) -> list[int]:
    return [d.arrival.offset for d in departures if d.destination is Destination.RESULTS]


async def test_a_child_answers_like_the_journey_and_stays_for_the_next_question(
    open_trial: Open,
) -> None:
    trial, asked = open_trial("echo"), arrivals("one", "two", "\xff")
    first = await trial.travel(asked, never)
    since = time.monotonic()
    second = await trial.travel(asked, never)
    assert time.monotonic() - since < LIMIT
    assert [d.arrival for d in first.departures] == asked == [d.arrival for d in second.departures]
    assert answered(first.departures) == [0, 1, 2]
    assert first.stages.keys() == {"read", "answer"}


async def test_arrivals_reach_the_child_byte_for_byte(open_trial: Open) -> None:
    headers = [("twice", b"\xff\x00"), ("twice", b""), ("null", None), ("ce_id", None)]
    asked = [
        Arrival("t", 0, 0, 0, b"\xff\xfe", b"text", headers),
        Arrival("t", 0, 1, 0, None, None, ()),
        Arrival("t", 0, 2, 0, b"", b"", [("content-type", b"text/plain")]),
    ]
    trip = await open_trial("echo").travel(asked, never)
    assert [d.arrival for d in trip.departures] == asked
    assert [d.reason for d in trip.departures] == [Reason.MALFORMED, Reason.MALFORMED, None]


async def test_only_the_record_that_kills_a_child_is_poison(open_trial: Open) -> None:
    died = outcomes("died")
    asked = arrivals("before", "!die", "after")
    trip = await open_trial("echo").travel(asked, never)
    assert answered(trip.departures) == [0, 2]
    poison = trip.departures[1]
    assert (poison.reason, poison.value) == (Reason.POISON, b"!die")
    assert dict(poison.headers)["dlq.attempts"] == b"2"
    assert outcomes("died") - died == 3


async def test_a_child_that_hangs_is_killed_at_its_limit(open_trial: Open) -> None:
    killed = outcomes("killed")
    trip = await open_trial("echo").travel(arrivals("!block"), never)
    assert trip.departures[0].reason is Reason.POISON
    assert outcomes("killed") - killed == 2


async def test_records_that_went_to_somebody_else_are_tried_no_further(open_trial: Open) -> None:
    gone = iter([False, True])
    trip = await open_trial("echo").travel(arrivals("one", "!die", "two"), lambda: next(gone))
    assert answered(trip.departures) == [0]


async def test_a_child_in_which_nobody_can_answer_says_so_and_stays(
    open_trial: Open, tmp_path: Path
) -> None:
    trial, shut = open_trial("tap"), tmp_path / "shut"
    shut.touch()
    trip = await trial.travel(arrivals("one"), never)
    assert trip.waits is not None
    assert "the tap is shut" in trip.waits.why
    shut.unlink()
    trip = await trial.travel(arrivals("one"), never)
    assert answered(trip.departures) == [0]


async def test_a_child_that_does_not_start_ends_the_worker_and_blames_no_record(
    open_trial: Open,
) -> None:
    with pytest.raises(Fatal, match="does not start"):
        await open_trial("nothing").travel(arrivals("one"), never)


async def test_batches_are_tried_one_after_the_other(open_trial: Open) -> None:
    trial = open_trial("echo")
    first, second = await asyncio.gather(
        trial.travel(arrivals("!slow 0.2"), never), trial.travel([arrival(9)], never)
    )
    assert (answered(first.departures), answered(second.departures)) == ([0], [9])


async def test_a_large_batch_passes(open_trial: Open) -> None:
    asked = [arrival(n, value=b"x" * 999_999) for n in range(16)]
    trial = open_trial("echo")
    trial._limit = 20.0
    trip = await trial.travel(asked, never)
    assert answered(trip.departures) == list(range(16))
