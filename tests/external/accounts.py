"""Accounts of limits as tests want them: each way to count, with the same behaviour."""

from inference.engines.external_ai.limits.ceilings import Bill, Ceilings, Need, Verdict
from inference.engines.external_ai.limits.here import Here
from inference.engines.external_ai.limits.shared import Shared
from inference.redis import connected

CALL = Need("openai@host", likely=100, most=150, money=20)


class InMemory:
    """The process's own."""

    def __init__(self, ceilings: Ceilings) -> None:
        self._here = Here(ceilings)

    async def take(self, need: Need = CALL, patience: float = 0.0) -> Verdict:
        return await self._here.take(need, patience, 60)

    async def settle(self, bill: Bill) -> None:
        self._here.settle(bill)


class InRedis:
    """One replica's way to what all share."""

    def __init__(self, ceilings: Ceilings, url: str) -> None:
        self.client = connected(url, 2.0)
        self._shared = Shared(self.client, ceilings)

    async def take(self, need: Need = CALL, patience: float = 0.0, hold: float = 60.0) -> Verdict:
        return await self._shared.take(need, patience, hold)

    async def settle(self, bill: Bill) -> None:
        await self._shared.settle(bill)


def bill(verdict: Verdict, tokens: int = 100, money: int = 20, **how: float) -> Bill:
    pause = how.get("pause", 0.0)
    return Bill(verdict.grant, CALL, tokens, money, begun=bool(how.get("begun", True)), pause=pause)
