"""Waiting for one's turn: within the limits that are set and those that the provider announces."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from inference import metrics
from inference.engines.external_ai.announced import Announced
from inference.engines.external_ai.faults import Lasting, Unfit
from inference.engines.external_ai.hints import Heads
from inference.engines.external_ai.limits.ceilings import Account, Bill, Left, Need, Verdict, Word

# How soon a place that another process gives up is found, where all are taken.
_LOOK = 0.02
# Another call may be smaller, and at midnight there is a new budget.
_SPENT = 10.0


class Admitted:
    """A call that may be made; whoever makes it says what it took."""

    def __init__(self, need: Need, verdict: Verdict, likely_money: int) -> None:
        self.need, self.grant = need, verdict.grant
        self.tokens, self.money = need.likely, likely_money
        self.wait, self.pause = verdict.wait, 0.0
        self.begun = self.flying = False

    def took(self, tokens: int, money: int) -> None:
        """What is known to have been used; until then, what was likely."""
        self.tokens, self.money = tokens, money

    @property
    def bill(self) -> Bill:
        """What is settled."""
        tokens, money = (self.tokens, self.money) if self.begun else (0, 0)
        return Bill(self.grant, self.need, tokens, money, self.begun, self.pause)


class Admission:
    """One provider's door: calls come in in order, none later than it can use."""

    def __init__(self, provider: str, account: Account) -> None:
        self._provider, self._account = provider, account
        self._order = asyncio.Lock()
        self._waiting = metrics.AI_WAITING.labels(provider)
        self._waited = metrics.AI_WAITED.labels(provider)
        self.announced = Announced()

    @asynccontextmanager
    async def admitted(
        self, need: Need, likely_money: int, deadline: float, hold: float
    ) -> AsyncIterator[Admitted]:
        """For as long as a call lasts; raises `Unfit` or `Lasting` where it may not be made."""
        started = time.monotonic()
        with self._waiting.track_inprogress():
            call = Admitted(need, await self._granted(need, deadline, hold), likely_money)
        try:
            with self._waiting.track_inprogress():
                await self._turn(call, deadline)
            self._waited.observe(time.monotonic() - started)
            yield call
        finally:
            self._land(call)
            self._account.settle(call.bill)

    def heard(self, call: Admitted, headers: Heads) -> None:
        """What the answer to this call says about what is left."""
        self._land(call)
        self.announced.heard(headers)

    def hold(self, call: Admitted, seconds: float) -> None:
        """The provider wants to be left alone: nobody calls it for so long, in any replica."""
        call.pause = max(call.pause, seconds)
        self.announced.hold(seconds)

    def _land(self, call: Admitted) -> None:
        if call.flying:
            call.flying = False
            self.announced.landed(call.need.likely)

    async def _granted(self, need: Need, deadline: float, hold: float) -> Verdict:
        """Who finds everything taken stands in a queue, whose first looks for what is freed."""
        if not self._order.locked():
            verdict = await self._asked(need, deadline, hold)
            if verdict.word is not Word.BUSY:
                return verdict
        async with self._order:
            while (verdict := await self._asked(need, deadline, hold)).word is Word.BUSY:
                self._account.freed.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK):
                        await self._account.freed.wait()
        return verdict

    async def _asked(self, need: Need, deadline: float, hold: float) -> Verdict:
        patience = deadline - time.monotonic()
        verdict = await self._account.take(need, patience, hold)
        self._tell(verdict.left)
        if verdict.word is Word.SPENT:
            setting = f"AI_{verdict.kind.upper()}_PER_DAY"
            message = f"this day's budget of {verdict.kind} is spent ({setting})"
            metrics.AI_DENIED.labels(self._provider, verdict.kind).inc()
            raise Lasting(None, message, _SPENT)
        if verdict.word is Word.LATE:
            message = f"its turn would come in {verdict.wait:.0f} s, which is too late"
            raise self._late(message)
        return verdict

    def _late(self, message: str) -> Unfit:
        metrics.AI_DENIED.labels(self._provider, "rate").inc()
        return Unfit(None, message)

    async def _turn(self, call: Admitted, deadline: float) -> None:
        """First what is set, then what the provider announces."""
        await asyncio.sleep(call.wait)
        late = time.monotonic() + self.announced.wait(call.need.likely) > deadline
        if late and not self.announced.flying:
            message = "what the provider announces as left is used up until it is too late"
            raise self._late(message)
        await self.announced.turn(call.need.likely)
        call.begun = call.flying = True

    def _tell(self, left: Left) -> None:
        for kind, amount, unit in (("tokens", left.tokens, 1), ("money", left.money, 1e6)):
            if amount is not None:
                metrics.AI_BUDGET_LEFT.labels(kind).set(amount / unit)
