"""Opens a lane: its rungs, the ladder over them and the journey through it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from inference import lanes, metrics
from inference.departures import Departures
from inference.journey import Journey
from inference.kafka import Topics
from inference.ladder import Ladder, Terms
from inference.lane import Lane, Rung
from inference.settings import LadderSettings


def named(lane: str, name: str | None, topics: Topics) -> Lane[Any, Any]:
    """A lane that was found, with its limits, under another name where it has one."""
    found: Lane[Any, Any] = lanes.part(lane, "lane", "LANE")
    contract = topics.bounded(replace(found.contract, lane=name or lane))
    return replace(found, contract=contract)


@asynccontextmanager
async def open_journey(
    lane: Lane[Any, Any], group: str, workers: int, ladder: LadderSettings
) -> AsyncIterator[Journey[Any, Any]]:
    """The journey of a lane, open and warm for as long as the block runs."""
    async with lane.open(workers) as rungs:
        for rung in rungs:
            _tell(lane.contract.lane, rung)
        climb = Ladder(lane.contract.lane, rungs, _terms(lane, ladder))
        yield Journey(lane.contract, climb.answer, Departures(lane.contract, group))


def _terms(lane: Lane[Any, Any], settings: LadderSettings) -> Terms:
    return Terms(
        attempts=settings.rung_attempts,
        timeout=settings.rung_timeout or lane.rung_timeout,
        deadline=settings.item_deadline,
        failures=settings.breaker_failures,
        pause=settings.breaker_pause,
        floor=settings.ladder_floor or lane.floor,
    )


def _tell(lane: str, rung: Rung[Any, Any]) -> None:
    if rung.model is not None:
        model = rung.model
        metrics.MODEL_INFO.labels(lane, rung.level, model.name, model.version, model.digest).set(1)
