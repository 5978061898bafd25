"""Opens a lane: its rungs, the ladder over them and the journey through it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from inference import lanes, metrics
from inference.departures import Departures
from inference.journey import Journey
from inference.kafka import Topics
from inference.ladder import Ladder
from inference.lane import Lane, Rung


def named(lane: str, name: str | None, topics: Topics) -> Lane[Any, Any]:
    """A lane that was found, with its limits, under another name where it has one."""
    found: Lane[Any, Any] = lanes.part(lane, "lane", "LANE")
    contract = topics.bounded(replace(found.contract, lane=name or lane))
    return replace(found, contract=contract)


@asynccontextmanager
async def open_journey(
    lane: Lane[Any, Any], group: str, workers: int
) -> AsyncIterator[Journey[Any, Any]]:
    """The journey of a lane, open and warm for as long as the block runs."""
    async with lane.open(workers) as rungs:
        for rung in rungs:
            _tell(lane.contract.lane, rung)
        yield Journey(lane.contract, Ladder(rungs).answer, Departures(lane.contract, group))


def _tell(lane: str, rung: Rung[Any, Any]) -> None:
    if rung.model is not None:
        model = rung.model
        metrics.MODEL_INFO.labels(lane, rung.level, model.name, model.version, model.digest).set(1)
