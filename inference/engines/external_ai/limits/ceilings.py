"""What may be used, what a call needs of it, and what it was told."""

import asyncio
from enum import StrEnum
from typing import NamedTuple, Protocol

MINUTE, DAY = 60.0, 86400.0
# What of a minute's limit may be used at once; the larger, the less is left for the minute's rest.
_AT_ONCE = {"requests": 1 / 60, "tokens": 1 / 30}


class Pace(NamedTuple):
    """A limit per minute as a leaking bucket: seconds for each unit, and seconds it can hold."""

    each: float
    depth: float

    def slack(self, need: float) -> float:
        """How far the bucket may run ahead of the clock before a call that fills it by `need`."""
        return self.depth - min(need * self.each, self.depth)


class Ceilings(NamedTuple):
    """What must not be exceeded; None is no limit. Money is in millionths."""

    requests: float | None = None
    tokens: float | None = None
    calls: int | None = None
    tokens_a_day: int | None = None
    money_a_day: int | None = None

    @property
    def paces(self) -> tuple[Pace, Pace]:
        """Of requests and of tokens."""
        return _pace(self.requests, "requests"), _pace(self.tokens, "tokens")

    def share(self, replicas: int, left: "Left") -> "Ceilings":
        """One of so many replicas' part of it, of a day's budget what is left of it."""
        return Ceilings(
            self.requests and self.requests / replicas,
            self.tokens and self.tokens / replicas,
            self.calls and max(1, self.calls // replicas),
            _part(self.tokens_a_day, left.tokens, replicas),
            _part(self.money_a_day, left.money, replicas),
        )


class Need(NamedTuple):
    """Who is called; the tokens that takes in all likelihood, and tokens and money at the most."""

    provider: str
    likely: int
    most: int
    money: int = 0


class Left(NamedTuple):
    """What is left of a day's budgets; None where there is none."""

    tokens: int | None = None
    money: int | None = None


class Word(StrEnum):
    """What a call is told."""

    GRANTED = "granted"
    BUSY = "busy"
    LATE = "late"
    SPENT = "spent"


class Verdict(NamedTuple):
    """Granted: begin after `wait` seconds, and settle. Busy: ask again. Late: `wait` is too long.

    Spent: the budget of `kind` is used up for this day.
    """

    word: Word
    wait: float = 0.0
    kind: str = ""
    grant: str = ""
    left: Left = Left()
    replicas: int = 1


class Bill(NamedTuple):
    """What became of a grant: tokens and money it took, whether it began at all.

    `pause` keeps everybody from calling for so many seconds.
    """

    grant: str
    need: Need
    tokens: int
    money: int
    begun: bool
    pause: float = 0.0


class Account(Protocol):
    """Where it is counted, for all providers."""

    freed: asyncio.Event
    """Set when something was given back."""

    async def take(self, need: Need, patience: float, hold: float) -> Verdict:
        """Ask for a call that may wait for `patience` and then last for `hold` seconds."""
        ...

    def settle(self, bill: Bill) -> None:
        """Give back what was not used; never waits, never fails."""
        ...


def _pace(limit: float | None, kind: str) -> Pace:
    """Such that any minute, from whatever moment, has at most the limit."""
    if limit is None:
        return Pace(0.0, 0.0)
    at_once = max(1.0, limit * _AT_ONCE[kind])
    each = MINUTE / (limit - at_once + 1)
    return Pace(each, at_once * each)


def _part(budget: int | None, left: int | None, replicas: int) -> int | None:
    if budget is None:
        return None
    return max(0, (budget if left is None else left) // replicas)
