"""How large batches may be, and how far a successor then looks for a record that kills."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from echo_lane.contract import Echo
from echo_lane.lane import LANE, Parrot
from inference.cache.settings import CacheSettings
from inference.kafka import KafkaSettings, Topics
from inference.ladder import Terms
from inference.lane import BatchPolicy, Caps, Rung
from inference.opening import Means
from inference.settings import ControlSettings, LadderSettings, ReaderSettings, WorkerSettings
from inference.stream.state import Setup, WorkerState
from inference.swap import open_swap

LIKED = Caps(steady=4, backlog=200)


class Choosy(Parrot):
    """It has measured what suits it."""

    caps: Caps | None = LIKED


@asynccontextmanager
async def choosy(_workers: int) -> AsyncIterator[Sequence[Rung[str, Echo]]]:
    yield [Choosy()]


@asynccontextmanager
async def worker(cap: int | None = None) -> AsyncIterator[WorkerState]:
    """One whose lane is open."""
    lane = replace(LANE, open=choosy, policy=BatchPolicy(cap=10))
    settings = WorkerSettings(workers=1, batch_cap=cap)
    means, reader = Means(LadderSettings(), CacheSettings()), ReaderSettings()
    state = WorkerState(
        lane, Setup(KafkaSettings(), Topics(), reader, settings, means, ControlSettings())
    )
    async with open_swap(lane, 1, Terms(), 0.8) as state.swap:
        yield state


async def test_until_its_lane_is_open_a_worker_goes_by_the_policy() -> None:
    async with worker() as state:
        state.swap = None
        assert state.caps == state.settle_caps() == Caps(10, 10)


async def test_what_is_looked_at_changes_nothing_and_what_is_settled_widens_the_search(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with worker() as state:
        before = state.flight.assignment.horizon
        assert state.caps == LIKED
        assert state.flight.assignment.horizon == before
        assert state.settle_caps() == LIKED
        assert state.flight.assignment.horizon == 20 * before
        monkeypatch.setattr(Choosy, "caps", None)
        assert state.settle_caps() == Caps(10, 10)
        assert state.flight.assignment.horizon == 20 * before


async def test_a_cap_that_is_set_holds_whatever_the_best_rung_likes() -> None:
    async with worker(cap=7) as state:
        before = state.flight.assignment.horizon
        assert (state.policy.cap, state.lane.policy) == (7, state.policy)
        assert state.settle_caps() == Caps(7, 7)
        assert state.flight.assignment.horizon == before
