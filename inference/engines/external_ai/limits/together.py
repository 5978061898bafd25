"""The shared account, and while Redis is away this process's share of it; then all is told."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from inference import metrics
from inference.engines.external_ai.limits.ceilings import Bill, Ceilings, Left, Need, Verdict
from inference.engines.external_ai.limits.here import Here
from inference.engines.external_ai.limits.shared import UNLEASED, Shared
from inference.redis import FAULTS

log = structlog.get_logger(__name__)

# A Redis that is slower than this counts as away, and is looked for that often.
_PATIENCE, _PAUSE = 0.25, 5.0
# As many as ask at once: each has a connection, and a thousand of them would only be in their way.
_FEW = 16
_MOMENT = 1.0
_MOST_BILLS = 10_000


class Together:
    """Calls are neither kept from being made by a Redis that is away, nor made without limits.

    `replicas` is how many there are, until Redis has told.
    """

    def __init__(self, shared: Shared, ceilings: Ceilings, replicas: int) -> None:
        self.freed = asyncio.Event()
        self._shared, self._ceilings = shared, ceilings
        self._replicas, self._left = replicas, Left()
        self._alone: Here | None = None
        self._again = 0.0
        self._bills: deque[Bill] = deque(maxlen=_MOST_BILLS)
        self._wanted, self._ending = asyncio.Event(), False
        self._few = asyncio.Semaphore(_FEW)

    async def take(self, need: Need, patience: float, hold: float) -> Verdict:
        """Granted, unless something is used up."""
        async with self._few:
            if self._alone is not None and time.monotonic() < self._again:
                return await self._alone.take(need, patience, hold)
            self._again = time.monotonic() + _PAUSE  # one looks whether it is back, others need not
            try:
                verdict = await self._taken(need, patience, hold)
            except FAULTS as error:
                return await self._without(error).take(need, patience, hold)
            self._with(verdict)
            return verdict

    async def _taken(self, need: Need, patience: float, hold: float) -> Verdict:
        """Looked for twice: what seems a silent Redis may be a loop that was busy with others.

        Asked once only, since whatever Redis lends must be given back.
        """
        asking = asyncio.ensure_future(self._shared.take(need, patience, hold))
        try:
            for _ in range(2):
                done, _ = await asyncio.wait({asking}, timeout=_PATIENCE)
                if done:
                    return asking.result()
        finally:
            asking.cancel()
        raise TimeoutError

    def settle(self, bill: Bill) -> None:
        """Told to whoever granted it; Redis hears of everything, as soon as it can."""
        if ":" not in bill.grant:
            self._settle_alone(bill)
            spent = Need(bill.need.provider, bill.tokens, 0)
            bill = Bill(UNLEASED, spent, bill.tokens, bill.money, begun=True, pause=bill.pause)
        self._bills.append(bill)
        self._wanted.set()

    def _settle_alone(self, bill: Bill) -> None:
        if self._alone is not None:
            self._alone.settle(bill)

    def _without(self, error: Exception) -> Here:
        if self._alone is None:
            log.warning("limits are kept without Redis", error=type(error).__name__)
            metrics.AI_LIMITS_ALONE.set(1)
            share = self._ceilings.share(self._replicas, self._left)
            self._alone = Here(share)
            self._alone.freed = self.freed
        self._again = time.monotonic() + _PAUSE
        return self._alone

    def _with(self, verdict: Verdict) -> None:
        if self._alone is not None:
            log.info("limits are kept in Redis again")
            metrics.AI_LIMITS_ALONE.set(0)
            self._alone = None
        self._replicas, self._left = max(1, verdict.replicas), verdict.left

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["Together"]:
        """Settles for as long as the block runs; what is left at its end gets a moment."""
        settling = asyncio.create_task(self._settle())
        try:
            yield self
        finally:
            self._ending = True
            self._wanted.set()
            await asyncio.wait([settling], timeout=_MOMENT)
            settling.cancel()  # what Redis has already taken up would be told twice
            await asyncio.wait([settling])

    async def _settle(self) -> None:
        while self._bills or not self._ending:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                await self._settle_all()
            except FAULTS:  # a TimeoutError is an OSError
                await asyncio.sleep(0.05 if self._ending else _PAUSE)
                self._wanted.set()

    async def _settle_all(self) -> None:
        while self._bills:
            bill, settled = self._bills.popleft(), False
            try:
                async with asyncio.timeout(_PATIENCE):
                    await self._shared.settle(bill)
                settled = True
            finally:
                if not settled:
                    self._bills.appendleft(bill)
            self.freed.set()
