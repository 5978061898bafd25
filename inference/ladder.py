"""Rungs tried best first, each behind its own breaker: what one fails on, the next one tries.

A question goes down where a rung failed on it or is left alone. Where none is left, and it cannot
be the question's own fault, `Unavailable` asks the caller to wait and to come again.
"""

import asyncio
import time
from collections.abc import Iterable, Sequence
from typing import Generic, NamedTuple, TypeGuard

from inference import metrics
from inference.breaker import Breaker, State
from inference.contract import A, Level, ModelRef, Q, Reason, Rejection, Tier
from inference.errors import Unavailable
from inference.isolation import isolate
from inference.lane import Caps, Rung
from inference.retries import retried

LEVELS = tuple(Level)
# What the metric shows; what is closed is well, as with a fuse.
SHOWN = {State.CLOSED: 0, State.HALF_OPEN: 1, State.OPEN: 2}
# The question is not at fault: another rung may succeed.
RUNG_FAULTS = frozenset({Reason.EXHAUSTED, Reason.DEFECT})


class How(NamedTuple):
    """What the answers that one rung gave in one batch have in common."""

    level: Level
    degraded: bool
    model: ModelRef | None
    seconds: float
    fingerprint: str = ""
    cached: Tier | None = None


class Answered(NamedTuple, Generic[A]):
    """An answer, and how it came about."""

    answer: A
    how: How


class Terms(NamedTuple):
    """How hard a rung is tried, and how low a ladder goes."""

    attempts: int = 3
    timeout: float | None = None
    deadline: float = 60.0
    failures: int = 5
    pause: float = 60.0
    floor: Level = Level.BASIC


class Place(Generic[Q, A]):
    """A rung in its ladder: behind a breaker, and replaceable by a newer version of itself."""

    def __init__(self, lane: str, rung: Rung[Q, A], terms: Terms, *, degraded: bool) -> None:
        self.rung, self._terms, self._degraded = rung, terms, degraded
        self._labels = (lane, rung.level)
        self.trouble: str | None = None
        self.breaker = Breaker(terms.failures, terms.pause, self._show)
        self._show(State.CLOSED)

    async def answer(
        self, questions: Sequence[Q], deadline: float
    ) -> list[Answered[A] | Rejection]:
        """One outcome per question; the breaker hears how it went, once."""
        rung, started = self.rung, time.perf_counter()

        async def step(part: Sequence[Q]) -> Sequence[A | Rejection]:
            return await retried(lambda: rung.answer(part), self._terms, deadline)

        outcomes: list[A | Rejection] = []
        try:
            outcomes = await isolate(rung.level, step, questions)
        except Unavailable as error:
            outcomes = [Rejection(Reason.EXHAUSTED, rung.level, str(error))] * len(questions)
        finally:
            if not outcomes:
                self.breaker.released()  # cancelled, or the process ends: nothing to conclude
        seconds = time.perf_counter() - started
        self._judge(outcomes, seconds)
        how = How(rung.level, self._degraded, rung.model, seconds, rung.fingerprint)
        return [o if isinstance(o, Rejection) else Answered(o, how) for o in outcomes]

    def _judge(self, outcomes: Sequence[A | Rejection], seconds: float) -> None:
        """A batch is one failure at most, and none where anything of it succeeded."""
        metrics.RUNG_SECONDS.labels(*self._labels).observe(seconds)
        failed = sum(map(rung_failed, outcomes))
        self.trouble = next((o.detail for o in outcomes if rung_failed(o)), None)
        answered = sum(not isinstance(outcome, Rejection) for outcome in outcomes)
        metrics.RUNG_FAILURES.labels(*self._labels).inc(failed)
        metrics.RUNG_ANSWERS.labels(*self._labels).inc(answered)
        if answered:
            self.breaker.succeeded()
        elif failed:
            self.breaker.failed()
        else:
            self.breaker.released()

    def _show(self, state: State) -> None:
        metrics.BREAKER.labels(*self._labels).set(SHOWN[state])


class Ladder(Generic[Q, A]):
    """A lane's rungs, best first, as far down as they may go."""

    def __init__(self, lane: str, rungs: Iterable[Rung[Q, A]], terms: Terms | None = None) -> None:
        self._terms = terms or Terms()
        self._busy, self._idle = 0, asyncio.Event()
        self._idle.set()
        lowest = LEVELS.index(self._terms.floor)
        allowed = [rung for rung in rungs if LEVELS.index(rung.level) <= lowest]
        self.places = [
            Place(lane, rung, self._terms, degraded=depth > 0) for depth, rung in enumerate(allowed)
        ]

    @property
    def fingerprint(self) -> str:
        """All but the question that the best answers depend on, at this moment."""
        return self.places[0].rung.fingerprint if self.places else ""

    @property
    def caps(self) -> Caps | None:
        """How many questions the best rung likes at once, if it knows."""
        return self.places[0].rung.caps if self.places else None

    @property
    def busy(self) -> int:
        """How many batches are on it."""
        return self._busy

    async def idle(self) -> None:
        """Returns when no batch is on it."""
        await self._idle.wait()

    async def answer(self, questions: Sequence[Q]) -> list[Answered[A] | Rejection]:
        """One outcome per question, in order, each from the best rung that had one."""
        self._busy += 1
        self._idle.clear()
        try:
            return await self._answer(questions)
        finally:
            self._busy -= 1
            if not self._busy:
                self._idle.set()

    async def _answer(self, questions: Sequence[Q]) -> list[Answered[A] | Rejection]:
        deadline = time.monotonic() + self._terms.deadline
        outcomes: dict[int, Answered[A] | Rejection] = {}
        left, waiting = list(range(len(questions))), not self.places
        for place in self.places:
            if not place.breaker.allows():
                waiting = True
                continue
            before = place.breaker.successes
            tried = await place.answer([questions[i] for i in left], deadline)
            waiting |= place.breaker.successes == before and all(map(_exhausted, tried))
            outcomes.update(zip(left, tried, strict=True))
            left = [i for i in left if rung_failed(outcomes[i])]
            if not left:
                break
        if left and waiting:
            raise Unavailable(self._why())
        return [outcomes[i] for i in range(len(questions))]

    @property
    def trouble(self) -> str | None:
        """Why nobody can answer now, unless somebody can."""
        if any(place.breaker.state is not State.OPEN for place in self.places):
            return None
        return self._why()

    def _why(self) -> str:
        """What readiness shows: which rungs there are, and when each is tried again."""
        told = [
            f"{place.rung.level} is tried again in {max(0.0, place.breaker.rest):.0f} s"
            f" ({place.trouble})"
            for place in self.places
        ]
        return f"no rung can answer: {', '.join(told) or 'this lane has none'}"


def rung_failed(outcome: object) -> TypeGuard[Rejection]:
    """Whether another rung may succeed where this came out."""
    return isinstance(outcome, Rejection) and outcome.reason in RUNG_FAULTS


def _exhausted(outcome: object) -> bool:
    return isinstance(outcome, Rejection) and outcome.reason is Reason.EXHAUSTED
