"""How long a host, or a feed, is left alone after it failed."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from producer import metrics

FIRST = 30.0
LONGEST = 3600.0
_SPREAD = 0.1

Clock = Callable[[], float]


class Pauses:
    """Each failure in a row doubles the pause of whoever failed; one success ends it."""

    def __init__(self, clock: Clock, first: float = FIRST, longest: float = LONGEST) -> None:
        self._clock, self._first, self._longest = clock, first, longest
        self._failures: dict[str, int] = {}
        self._until: dict[str, float] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def failed(self, name: str, after: float | None = None) -> None:
        """Leaves it alone: for as long as it asked for itself, and no shorter than it must."""
        count = self._failures[name] = self._failures.get(name, 0) + 1
        pause = min(self._first * 2.0 ** min(count - 1, 16), self._longest)
        asked = min(after or 0.0, self._longest)
        self._until[name] = self._clock() + max(spread(pause), asked)
        self._count()

    def went_well(self, name: str) -> None:
        """Forgets its failures."""
        self._failures.pop(name, None)
        self._until.pop(name, None)
        self._count()

    def left(self, name: str) -> float:
        """Seconds for which it is left alone from now."""
        return max(0.0, self._until.get(name, 0.0) - self._clock())

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """One at a time for each, and nobody during its pause."""
        async with self._turns[name]:
            await asyncio.sleep(self.left(name))
            yield

    def _count(self) -> None:
        metrics.LEFT_ALONE.set(len(self._until))


def spread(seconds: float) -> float:
    """About as long, so that what began together does not stay together."""
    return seconds * random.uniform(1 - _SPREAD, 1 + _SPREAD)  # noqa: S311 - nothing secret
