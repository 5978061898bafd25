"""Opens the flaky lane."""

import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import structlog

from benchmarks.chaos.flaky_lane.contract import CONTRACT
from benchmarks.chaos.flaky_lane.settings import Faults
from echo_lane import lane as echo
from echo_lane.contract import Echo
from inference.contract import Level, ModelRef, Rejection
from inference.errors import Transient
from inference.lane import BatchPolicy, Caps, Lane, Rung

log = structlog.get_logger(__name__)

CAP = 32


class Flaky:
    """A rung some of whose runs fail, in every way that there is; the same run again succeeds.

    So no innocent record may ever be dead-lettered for it, however unlucky the day.
    """

    level = Level.FULL
    model: ModelRef | None = None
    fingerprint = "flaky parrot"
    caps: Caps | None = None

    def __init__(self, rung: Rung[str, Echo], chances: random.Random, share: float) -> None:
        self._rung, self._chances, self._share = rung, chances, share
        self._failed: set[tuple[str, ...]] = set()

    async def answer(self, questions: Sequence[str]) -> Sequence[Echo | Rejection]:
        """What the rung below says, unless this run is one that fails."""
        run = tuple(questions)
        if run in self._failed or self._chances.random() >= self._share:
            self._failed.discard(run)
            return await self._rung.answer(questions)
        self._failed.add(run)
        return self._fail(len(run))

    def _fail(self, records: int) -> Sequence[Echo]:
        # Alone, a run never asks to be repeated: a record that fails anyway keeps its own reason.
        fault = self._chances.choice(("defect", "short", "transient")[: min(2, records) + 1])
        log.info("injected", at="run", fault=fault, records=records)
        if fault == "transient":
            raise Transient
        if fault == "defect":
            raise RuntimeError
        return ()


@asynccontextmanager
async def open_lane(workers: int) -> AsyncIterator[Sequence[Rung[str, Echo]]]:
    """Every rung of the echo lane, flaky."""
    faults = Faults()
    async with echo.open_lane(workers) as rungs:
        yield [Flaky(rung, faults.chances("runs"), faults.runs) for rung in rungs]


LANE = Lane(contract=CONTRACT, open=open_lane, policy=BatchPolicy(cap=CAP))
