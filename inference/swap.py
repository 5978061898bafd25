"""A new version of a lane's models takes over between two batches, if it holds against the old.

    opened and warm -> the same kind of answers? -> agrees on the latest questions? -> takes over

Whatever goes wrong on the way changes nothing; what came of it is kept for whoever asks.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Generic

import structlog
from pydantic import BaseModel, Field

from inference import metrics
from inference.contract import A, ModelRef, Q, Rejection
from inference.errors import PenstockError
from inference.isolation import isolate
from inference.ladder import Ladder, Outcome, Terms
from inference.lane import Lane, Rung
from inference.recent import Recent

log = structlog.get_logger(__name__)

STAGE = "swap"
# What may come of opening or trying what somebody has just put there.
FAULTS = (PenstockError, OSError)


class Comparison(BaseModel):
    """What came of a new version."""

    took_over: bool
    reason: str | None = Field(None, description="Why it did not take over.")
    forced: bool = False
    old: ModelRef | None = None
    new: ModelRef | None = None
    compared: int = Field(0, description="Latest questions that both have answered.")
    agreement: float | None = Field(None, description="The share on which both agree.")


class Version(Generic[Q, A]):
    """A lane's rungs as they were opened at one time, and what has to be closed after them."""

    def __init__(self, lane: Lane[Q, A], terms: Terms) -> None:
        self._lane, self._terms, self._stack = lane, terms, AsyncExitStack()
        self.ladder: Ladder[Q, A] = Ladder(lane.contract.lane, (), terms)

    async def open(self, workers: int) -> None:
        """Open and warm."""
        rungs = await self._stack.enter_async_context(self._lane.open(workers))
        self.ladder = Ladder(self._lane.contract.lane, rungs, self._terms)

    async def close(self) -> None:
        """Closed, whatever runs on it."""
        await self._stack.aclose()

    async def retire(self) -> None:
        """Closed once no batch runs on it any more, however long that takes."""
        await self.ladder.idle()
        await self.close()

    @property
    def best(self) -> Rung[Q, A] | None:
        """The rung that answers when all is well."""
        return self.ladder.places[0].rung if self.ladder.places else None

    @property
    def ref(self) -> ModelRef | None:
        """Its best model."""
        return self.best.model if self.best is not None else None

    def told(self, *, used: bool) -> None:
        """Which models are in use, and how their rungs do, as metrics."""
        self.ladder.show(shown=used)
        for place in self.ladder.places:
            model, lane = place.rung.model, self._lane.contract.lane
            if model is None:
                continue
            labels = (lane, place.rung.level, model.name, model.version, model.digest)
            if used:
                metrics.MODEL_INFO.labels(*labels).set(1)
            else:
                metrics.MODEL_INFO.remove(*labels)


class Swap(Generic[Q, A]):
    """A lane's ladder, whose rungs can be replaced while it is in use."""

    def __init__(self, lane: Lane[Q, A], workers: int, terms: Terms, least: float) -> None:
        self._lane, self._workers, self._terms, self._least = lane, workers, terms, least
        self._version: Version[Q, A] = Version(lane, terms)
        self._lock = asyncio.Lock()
        self._recent: Recent[Q, A] = Recent(_size(lane))
        self._retiring: set[asyncio.Task[None]] = set()
        self.comparison: Comparison | None = None

    @property
    def ladder(self) -> Ladder[Q, A]:
        """The rungs in use."""
        return self._version.ladder

    @property
    def fingerprint(self) -> str:
        """All but the question that the best answers depend on, at this moment."""
        return self.ladder.fingerprint

    async def answer(self, questions: Sequence[Q]) -> list[Outcome[A]]:
        """As the ladder does; the latest questions are remembered, to try a new version on."""
        ladder = self.ladder
        outcomes = await ladder.answer(questions)
        if ladder is self.ladder:
            self._recent.remember(questions, outcomes)
        return outcomes

    async def open(self) -> None:
        """The first version."""
        await self._version.open(self._workers)
        self._version.told(used=True)

    async def close(self) -> None:
        """The version in use is closed, and those that still were about to be."""
        for task in self._retiring:
            task.cancel()
        await self._version.close()

    async def reload(self, *, force: bool = False) -> Comparison:
        """Opens what lies there now, and lets it take over if it may."""
        async with self._lock:
            new: Version[Q, A] = Version(self._lane, self._terms)
            try:
                await new.open(self._workers)
                found = await self._compared(new, force=force)
            except FAULTS as error:
                found = Comparison(took_over=False, reason=str(error), old=self._version.ref)
            await self._settle(new, found)
            self.comparison = found
        log.info("model reloaded", lane=self._lane.contract.lane, **found.model_dump())
        return found

    async def watch(self, every: float) -> None:
        """Reloads whenever something else lies there and has stopped changing, for ever."""
        succession = self._lane.succession
        if not every or succession is None:
            await asyncio.Event().wait()
            return
        known = seen = await _looked(succession.stamp)
        while True:
            await asyncio.sleep(every)
            now = await _looked(succession.stamp)
            if now == seen and now != known:
                await self.reload()
                known = now
            seen = now

    async def _settle(self, new: Version[Q, A], found: Comparison) -> None:
        """Between two batches: those that run keep their version, the next ones get the new one."""
        if not found.took_over:
            await new.close()
            return
        old, self._version = self._version, new
        self._recent = Recent(_size(self._lane))
        old.told(used=False)
        new.told(used=True)
        task = asyncio.create_task(old.retire())
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    async def _compared(self, new: Version[Q, A], *, force: bool) -> Comparison:
        answered = await self._both(new)
        failed = sum(isinstance(b, Rejection) for _, b in answered)
        alike = sum(self._agree(answer, outcome) for answer, outcome in answered)
        share = alike / len(answered) if answered else None
        reason = self._objection(new, failed)
        unsure = share is not None and share < self._least
        if reason is None and unsure and not force:
            reason = f"it agrees on {share:.2f} of the latest questions, {self._least} are wanted"
        may = reason is None
        return Comparison(
            took_over=may,
            reason=reason,
            forced=may and unsure,
            old=self._version.ref,
            new=new.ref,
            compared=len(answered),
            agreement=share,
        )

    async def _both(self, new: Version[Q, A]) -> list[tuple[A, A | Rejection]]:
        """What the old version answered to the latest questions, and what the new one does."""
        pairs = self._recent.pairs()
        if not pairs or new.best is None:
            return []
        outcomes = await isolate(STAGE, new.best.answer, [question for question, _ in pairs])
        return [(answer, outcome) for (_, answer), outcome in zip(pairs, outcomes, strict=True)]

    def _agree(self, answer: A, outcome: A | Rejection) -> bool:
        succession = self._lane.succession
        return (
            succession is not None
            and not isinstance(outcome, Rejection)
            and succession.agree(answer, outcome)
        )

    def _objection(self, new: Version[Q, A], failed: int) -> str | None:
        """What no force overrides."""
        if failed:
            return f"it fails on {failed} of the latest questions"
        old, best = self._version.best, new.best
        if self._lane.succession is None or old is None or best is None:
            return None
        return self._lane.succession.unlike(old, best)


async def _looked(stamp: Callable[[], object]) -> object:
    """What lies there; while it cannot be looked at, nothing that anybody would wait for."""
    try:
        return await asyncio.to_thread(stamp)
    except OSError:
        return object()


def _size(lane: Lane[Q, A]) -> Callable[[Q], int] | None:
    """A sensitive lane's questions are not kept, nor what nobody would ask a new version again."""
    sameness = lane.sameness
    if lane.contract.sensitive or sameness is None or lane.succession is None:
        return None
    return lambda question: len(sameness.content(question))


@asynccontextmanager
async def open_swap(
    lane: Lane[Any, Any], workers: int, terms: Terms, least: float
) -> AsyncIterator[Swap[Any, Any]]:
    """A lane's ladder, open for as long as the block runs."""
    swap: Swap[Any, Any] = Swap(lane, workers, terms, least)
    await swap.open()
    try:
        yield swap
    finally:
        await swap.close()
