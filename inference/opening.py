"""Opens a lane: its rungs, the ladder over them, the cache before it, the journey through all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, NamedTuple

from inference import lanes
from inference.cache.opening import open_cache
from inference.cache.settings import CacheSettings
from inference.cache.tiers import Cached
from inference.departures import Departures
from inference.journey import Journey
from inference.kafka import Topics
from inference.ladder import Terms
from inference.lane import BatchPolicy, Caps, Lane
from inference.settings import LadderSettings
from inference.swap import Swap, open_swap


class Means(NamedTuple):
    """What can be set about how a lane answers, whichever way its questions come."""

    ladder: LadderSettings
    cache: CacheSettings


class Opened(NamedTuple):
    """A lane that is open and warm."""

    journey: Journey[Any, Any]
    cache: Cached[Any, Any]
    swap: Swap[Any, Any]
    policy: BatchPolicy

    @property
    def caps(self) -> Caps:
        """Most questions of a batch, at this moment."""
        return self.policy.caps(self.swap.ladder.caps)

    @property
    def room(self) -> int:
        """Most questions that are computed at the same time."""
        return (self.caps.at_once or self.policy.at_once) * self.caps.backlog


def named(lane: str, name: str | None, topics: Topics) -> Lane[Any, Any]:
    """A lane that was found, with its limits, under another name where it has one."""
    found: Lane[Any, Any] = lanes.part(lane, "lane", "LANE")
    contract = topics.bounded(replace(found.contract, lane=name or lane))
    return replace(found, contract=contract)


@asynccontextmanager
async def open_lane(lane: Lane[Any, Any], group: str, means: Means) -> AsyncIterator[Opened]:
    """A lane, open and warm for as long as the block runs."""
    terms = _terms(lane, means.ladder)
    async with (
        open_swap(lane, lane.policy.at_once, terms, means.ladder.swap_min_agreement) as swap,
        open_cache(means.cache, lane.contract, lane.sameness, swap) as cache,
    ):
        departures = Departures(lane.contract, group)
        journey = Journey(lane.contract, cache.answer, departures, lane.prepare)
        yield Opened(journey, cache, swap, lane.policy)


def _terms(lane: Lane[Any, Any], settings: LadderSettings) -> Terms:
    return Terms(
        attempts=settings.rung_attempts,
        timeout=settings.rung_timeout or lane.rung_timeout,
        deadline=settings.item_deadline,
        failures=settings.breaker_failures,
        pause=settings.breaker_pause,
        floor=settings.ladder_floor or lane.floor,
    )
