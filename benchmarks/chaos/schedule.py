"""Who is struck when, and how; the same seed gives the same schedule."""

import random
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

# After the first workers have joined, and before the last records are sent.
FIRST, LAST = 4.0, 0.95


class How(StrEnum):
    """A way to be struck."""

    TERMINATED = "terminated"
    KILLED = "killed"
    FROZEN = "frozen"


class Strike(NamedTuple):
    """At a second of the run, at a worker by its number or, without one, at the broker."""

    at: float
    how: How
    worker: int | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Storm:
    """How much is to go wrong, within how many seconds."""

    seconds: float
    workers: int
    kills: int = 0
    freezes: int = 0
    broker_strikes: int = 0
    freeze_seconds: float = 9.0

    def strikes(self, seed: str) -> list[Strike]:
        """All of them, in order: those at the broker keep a distance, the others come at random."""
        chances = random.Random(f"{seed} storm")
        own = [self._at_worker(chances, freeze=n >= self.kills) for n in range(self._many)]
        slots = self.broker_strikes
        width = (self.seconds * LAST - FIRST) / max(1, slots)
        broker = [self._at_broker(chances, FIRST + n * width, width) for n in range(slots)]
        return sorted([*own, *broker], key=lambda strike: strike.at)

    @property
    def _many(self) -> int:
        return self.kills + self.freezes

    def _at_worker(self, chances: random.Random, *, freeze: bool) -> Strike:
        at = chances.uniform(FIRST, self.seconds * LAST)
        how = How.FROZEN if freeze else chances.choice((How.TERMINATED, How.KILLED))
        length = self.freeze_seconds if freeze else 0.0
        return Strike(at, how, chances.randrange(self.workers), length)

    def _at_broker(self, chances: random.Random, begin: float, width: float) -> Strike:
        """It is there again before the next one, if only for a moment."""
        at = begin + chances.random() * width / 4
        seconds = min(chances.uniform(1, self.freeze_seconds), width / 2)
        return Strike(at, chances.choice(list(How)), None, seconds)
