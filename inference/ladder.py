"""Rungs tried best first, each behind its own breaker: what one fails on, the next one tries.

A question goes down where a rung failed on it or is left alone. Where none is left, and it cannot
be the question's own fault, it `Waits`: the caller is to come again.
"""

import asyncio
import math
import time
from collections.abc import Collection, Iterable, Sequence
from contextvars import ContextVar
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
# Nor is the rung: it will not answer this one, and would answer others.
NOT_THIS_ONE = RUNG_FAULTS | {Reason.DECLINED}


# Since when this task's batch has been waiting: who succeeds on a rung meanwhile proves it well.
WAITING_SINCE: ContextVar[float | None] = ContextVar("WAITING_SINCE", default=None)


class How(NamedTuple):
    """What the answers that one rung gave in one batch have in common."""

    level: Level
    degraded: bool
    model: ModelRef | None
    fingerprint: str = ""
    cached: Tier | None = None


class Answered(NamedTuple, Generic[A]):
    """An answer, and how it came about."""

    answer: A
    how: How


class Waits(NamedTuple):
    """Nobody can answer now, and the question is not at fault: ask again."""

    why: str


Outcome = Answered[A] | Rejection | Waits


class Terms(NamedTuple):
    """How hard a rung is tried, and how low a ladder goes."""

    attempts: int = 3
    timeout: float | None = None
    deadline: float = 60.0
    failures: int = 5
    pause: float = 60.0
    floor: Level = Level.BASIC


class Place(Generic[Q, A]):
    """A rung in its ladder, behind its breaker."""

    def __init__(self, lane: str, rung: Rung[Q, A], terms: Terms, *, degraded: bool) -> None:
        self.rung, self._terms, self._degraded = rung, terms, degraded
        self._labels = (lane, rung.level)
        self._shown = False
        self.trouble: str | None = None
        self.proved = -math.inf
        """When the latest call began that succeeded."""
        self.breaker = Breaker(terms.failures, terms.pause, self._show)

    def show(self, *, shown: bool) -> None:
        """Whether the metrics are about this one: not before it is in use, nor afterwards."""
        self._shown = shown
        self._show(self.breaker.state)

    async def answer(
        self, questions: Sequence[Q], deadline: float
    ) -> list[Answered[A] | Rejection]:
        """One outcome per question; the breaker hears how it went, once."""
        rung, era, started = self.rung, self.breaker.era, time.monotonic()

        async def step(part: Sequence[Q]) -> Sequence[A | Rejection]:
            return await retried(lambda: rung.answer(part), self._terms, deadline)

        outcomes: list[A | Rejection] = []
        try:
            outcomes = await isolate(rung.level, step, questions)
        except Unavailable as error:
            outcomes = [Rejection(Reason.EXHAUSTED, rung.level, str(error))] * len(questions)
        finally:
            if not outcomes:
                self.breaker.released(era)  # cancelled, or the process ends: nothing to conclude
        metrics.RUNG_SECONDS.labels(*self._labels).observe(time.monotonic() - started)
        if self._judge(outcomes, era):
            self.proved = max(self.proved, started)
        how = How(rung.level, self._degraded, rung.model, rung.fingerprint)
        return [o if isinstance(o, Rejection) else Answered(o, how) for o in outcomes]

    def _judge(self, outcomes: Sequence[A | Rejection], era: int) -> bool:
        """A batch is one failure at most, and none where anything of it succeeded."""
        faults = [o.detail for o in outcomes if _has_reason(o, RUNG_FAULTS)]
        failed, self.trouble = len(faults), next(iter(faults), None)
        answered = sum(not isinstance(outcome, Rejection) for outcome in outcomes)
        metrics.RUNG_FAILURES.labels(*self._labels).inc(failed)
        metrics.RUNG_ANSWERS.labels(*self._labels).inc(answered)
        if answered:
            self.breaker.succeeded()
        elif failed:
            self.breaker.failed(era)
        else:
            self.breaker.released(era)
        return bool(answered)

    def _show(self, state: State) -> None:
        if self._shown:
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

    def show(self, *, shown: bool) -> None:
        """Whether the metrics are about these rungs."""
        for place in self.places:
            place.show(shown=shown)

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

    async def answer(self, questions: Sequence[Q]) -> list[Outcome[A]]:
        """One outcome per question, in order, each from the best rung that had one."""
        self._busy += 1
        self._idle.clear()
        try:
            return await self._answer(questions)
        finally:
            self._busy -= 1
            if not self._busy:
                self._idle.set()

    async def _answer(self, questions: Sequence[Q]) -> list[Outcome[A]]:
        deadline = time.monotonic() + self._terms.deadline
        outcomes: dict[int, Outcome[A]] = {}
        left, down = list(range(len(questions))), not self.places
        for place in self.places:
            if not place.breaker.allows():
                down = True
                continue
            probing = place.breaker.state is State.HALF_OPEN
            tried = await place.answer([questions[i] for i in left], deadline)
            down |= _is_down(place, tried, probing=probing)
            outcomes.update(zip(left, tried, strict=True))
            left = [i for i in left if rung_failed(outcomes[i])]
            if not left:
                break
        answered = any(isinstance(outcome, Answered) for outcome in outcomes.values())
        if left and down and not answered:
            outcomes.update(dict.fromkeys(left, Waits(self._why())))
        return [outcomes[i] for i in range(len(questions))]

    @property
    def trouble(self) -> str | None:
        """Why nobody can answer now, unless somebody can."""
        if any(place.breaker.rest <= 0 for place in self.places):
            return None  # it may be tried, and is with the next question
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
    return _has_reason(outcome, NOT_THIS_ONE)


def _has_reason(outcome: object, reasons: Collection[Reason]) -> TypeGuard[Rejection]:
    return isinstance(outcome, Rejection) and outcome.reason in reasons


def _is_down(place: Place[Q, A], tried: Sequence[object], *, probing: bool) -> bool:
    """Whether the fault is the rung's: nothing came of the call, and nobody else's succeeded since.

    A defect is as well where this was the probe: it has failed on others before.
    """
    since = WAITING_SINCE.get()
    if since is not None and place.proved > since:
        return False
    faults = RUNG_FAULTS if probing else {Reason.EXHAUSTED}
    return all(isinstance(outcome, Rejection) and outcome.reason in faults for outcome in tried)
