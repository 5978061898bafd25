"""The account of one process: the same rules as in take.lua and settle.lua."""

import asyncio
import itertools
import time
from collections import defaultdict
from collections.abc import Callable

from inference.engines.external_ai.limits.ceilings import (
    DAY,
    Bill,
    Ceilings,
    Left,
    Need,
    Pace,
    Verdict,
    Word,
)


class _Rates:
    """One provider's buckets, of requests and of tokens, and the calls that are under way."""

    def __init__(self) -> None:
        self.full = [0.0, 0.0]  # until when each is filled
        self.until = 0.0  # nobody calls before
        self.running: set[str] = set()

    def turn(self, paces: tuple[Pace, Pace], need: Need, now: float) -> tuple[float, list[float]]:
        """Seconds until both buckets have room, and until when they are filled then."""
        start, full = max(now, self.until), []
        wait = start - now
        for pace, filled, units in zip(paces, self.full, (1, need.likely), strict=True):
            begin = max(filled, start)
            wait = max(wait, begin - now - pace.slack(units))
            full.append(begin + units * pace.each)
        return wait, full


class _Budget:
    """What a day may cost in tokens or in money, of all providers."""

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self.spent, self.reserved = 0, 0

    @property
    def left(self) -> int | None:
        """What nobody has spent or reserved."""
        if self._limit is None:
            return None
        return max(0, self._limit - self.spent - self.reserved)

    def is_spent(self, need: int) -> bool:
        """Whether it is not enough, even if everything that is reserved came back."""
        return self._limit is not None and need > 0 and self.spent + need > self._limit

    def is_busy(self, need: int) -> bool:
        """Whether others have reserved what is needed."""
        return self.left is not None and need > self.left


class Here:
    """Counts in memory."""

    def __init__(self, ceilings: Ceilings, clock: Callable[[], float] = time.time) -> None:
        self.freed = asyncio.Event()
        self._calls, self._paces, self._clock = ceilings.calls, ceilings.paces, clock
        self._rates: defaultdict[str, _Rates] = defaultdict(_Rates)
        self._names = map(str, itertools.count(1))
        self._tokens, self._money = _Budget(ceilings.tokens_a_day), _Budget(ceilings.money_a_day)
        self._day = 0

    async def take(self, need: Need, patience: float, hold: float) -> Verdict:  # noqa: ARG002 - nothing that is lent here is ever lost
        """Granted, unless something is used up."""
        rates, now = self._rates[need.provider], self._clock()
        self._begin_day(now)
        for kind, budget, most in (
            ("tokens", self._tokens, need.most),
            ("money", self._money, need.money),
        ):
            if budget.is_spent(most):
                return Verdict(Word.SPENT, kind=kind, left=self._left)
        if self._is_busy(rates, need):
            return Verdict(Word.BUSY, left=self._left)
        wait, full = rates.turn(self._paces, need, now)
        if wait > patience:
            return Verdict(Word.LATE, wait, left=self._left)
        rates.full, grant = full, next(self._names)
        rates.running.add(grant)
        self._reserve(need, 1)
        return Verdict(Word.GRANTED, wait, grant=grant, left=self._left)

    def settle(self, bill: Bill) -> None:
        """Give back what was not used."""
        rates, now = self._rates[bill.need.provider], self._clock()
        if bill.grant in rates.running:
            rates.running.remove(bill.grant)
            self._reserve(bill.need, -1)
        self._begin_day(now)
        self._tokens.spent += bill.tokens
        self._money.spent += bill.money
        requests, tokens = self._paces
        rates.full[0] -= 0.0 if bill.begun else requests.each
        rates.full[1] += (bill.tokens - bill.need.likely) * tokens.each
        if bill.pause:
            rates.until = max(rates.until, now + bill.pause)
        self.freed.set()

    def _is_busy(self, rates: _Rates, need: Need) -> bool:
        full = self._calls is not None and len(rates.running) >= self._calls
        return full or self._tokens.is_busy(need.most) or self._money.is_busy(need.money)

    def _begin_day(self, now: float) -> None:
        day = int(now // DAY)
        if day != self._day:
            self._day = day
            self._tokens.spent = self._money.spent = 0

    def _reserve(self, need: Need, sign: int) -> None:
        self._tokens.reserved += sign * need.most
        self._money.reserved += sign * need.money

    @property
    def _left(self) -> Left:
        return Left(self._tokens.left, self._money.left)
