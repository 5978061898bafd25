"""What a provider says is left of its own limits, obeyed before it has to refuse."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from inference.engines.external_ai.hints import Heads, duration, number

# Limits by these periods that refill all the time say when they are full again, not when they end.
_PERIODS = (1.0, 60.0, 3600.0, 86400.0)
_ALIKE = 0.05
KINDS = ("requests", "tokens")


class Room(NamedTuple):
    """What was left at a moment; `refill` per second, 0 where all comes back at `full_at`."""

    limit: float
    left: float
    heard: float
    full_at: float
    refill: float

    def wait(self, need: float, now: float) -> float:
        """Seconds until as much is there."""
        need = min(need, self.limit)
        if now >= self.full_at or self.left >= need:
            return 0.0
        if self.refill:
            there = self.left + self.refill * (now - self.heard)
            return max(0.0, (need - there) / self.refill)
        return self.full_at - now

    def less(self, need: float, now: float) -> "Room":
        """After a call; a period that is over is followed by one that is as long."""
        if now < self.full_at:
            return self._replace(left=self.left - need)
        again = now + self.full_at - self.heard
        return self._replace(left=self.limit - need, heard=now, full_at=again)


class Announced:
    """One process's view of a provider's limits; calls take their turns in order."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rooms: dict[str, Room | None] = dict.fromkeys(KINDS)
        self._flying = dict.fromkeys(KINDS, 0.0)
        self._held = 0.0
        self._order, self._news = asyncio.Lock(), asyncio.Event()

    async def turn(self, tokens: float) -> None:
        """Returns when a call of so many tokens may begin; it counts from then until `landed`."""
        if self._order.locked() or self.wait(tokens) > 0:
            async with self._order:
                while (pause := self.wait(tokens)) > 0:
                    self._news.clear()
                    with suppress(TimeoutError):
                        async with asyncio.timeout(pause):
                            await self._news.wait()
        now = self._clock()
        for kind, need in zip(KINDS, (1.0, tokens), strict=True):
            self._flying[kind] += need
            room = self._rooms[kind]
            self._rooms[kind] = room and room.less(need, now)

    def wait(self, tokens: float) -> float:
        """Seconds for which a call would have to wait, as far as is known now."""
        now = self._clock()
        waits = [self._held - now]
        for kind, need in zip(KINDS, (1.0, tokens), strict=True):
            room = self._rooms[kind]
            waits.append(room.wait(need, now) if room else 0.0)
        return max(0.0, *waits)

    @property
    def flying(self) -> bool:
        """Whether a call is under way, whose answer may bring news."""
        return self._flying["requests"] > 0

    def landed(self, tokens: float) -> None:
        """A call is over."""
        for kind, need in zip(KINDS, (1.0, tokens), strict=True):
            self._flying[kind] -= need

    def hold(self, seconds: float) -> None:
        """Nobody calls for so long."""
        self._held = max(self._held, self._clock() + seconds)

    def heard(self, headers: Heads) -> None:
        """Believe what an answer's headers say; other calls may not be in it yet, so they count."""
        for kind in KINDS:
            room = _room(kind, headers, self._clock())
            if room is not None:
                self._rooms[kind] = room._replace(left=room.left - self._flying[kind])
        self._news.set()


def _room(kind: str, headers: Heads, now: float) -> Room | None:
    """None where a limit is not announced; -1 and 0 in place of figures announce nothing."""
    left = number(headers.get(f"x-ratelimit-remaining-{kind}"))
    reset = duration(headers.get(f"x-ratelimit-reset-{kind}"))
    said = number(headers.get(f"x-ratelimit-limit-{kind}"))
    if left is None or left < 0 or not reset or (said is not None and said <= 0):
        return None
    limit = said or max(left, 1.0)
    return Room(limit, left, now, now + reset, _refill(limit, left, reset))


def _refill(limit: float, left: float, reset: float) -> float:
    """What comes back per second, where the figures fit a limit that refills all the time."""
    if left >= limit:
        return limit / reset
    period = reset * limit / (limit - left)
    steady = any(abs(period / known - 1) < _ALIKE for known in _PERIODS)
    return limit / period if steady else 0.0
