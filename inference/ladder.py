"""Rungs tried best first: what one rung fails on, the next one tries."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, NamedTuple

from inference.contract import A, Level, ModelRef, Q, Reason, Rejection
from inference.isolation import isolate
from inference.lane import Rung


class Answered(NamedTuple, Generic[A]):
    """An answer, and how it came about."""

    answer: A
    how: "How"


class How(NamedTuple):
    """What the answers that one rung gave in one batch have in common."""

    level: Level
    degraded: bool
    model: ModelRef | None
    seconds: float


# The item is not at fault: another rung may succeed.
RUNG_FAULTS = frozenset({Reason.EXHAUSTED, Reason.DEFECT})


@dataclass(frozen=True)
class Ladder(Generic[Q, A]):
    """A lane's rungs, best first."""

    rungs: Sequence[Rung[Q, A]] = field()

    async def answer(self, questions: Sequence[Q]) -> list[Answered[A] | Rejection]:
        """One outcome per question, in order, each from the best rung that had one."""
        outcomes = await self._climb(0, questions)
        for depth in range(1, len(self.rungs)):
            left = [i for i, outcome in enumerate(outcomes) if _rung_failed(outcome)]
            if not left:
                break
            again = await self._climb(depth, [questions[i] for i in left])
            for i, outcome in zip(left, again, strict=True):
                outcomes[i] = outcome
        return outcomes

    async def _climb(self, depth: int, questions: Sequence[Q]) -> list[Answered[A] | Rejection]:
        rung = self.rungs[depth]
        started = time.perf_counter()
        outcomes = await isolate(rung.level, rung.answer, questions)
        how = How(rung.level, depth > 0, rung.model, time.perf_counter() - started)
        return [o if isinstance(o, Rejection) else Answered(o, how) for o in outcomes]


def _rung_failed(outcome: Answered[A] | Rejection) -> bool:
    return isinstance(outcome, Rejection) and outcome.reason in RUNG_FAULTS
