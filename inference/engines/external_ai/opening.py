"""Opens the way outside: one pool and one Redis client for a process, a door for each provider."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from inference.engines.external_ai.caller import Caller, Patience, Provider
from inference.engines.external_ai.limits.admission import Admission
from inference.engines.external_ai.limits.ceilings import Account
from inference.engines.external_ai.limits.here import Here
from inference.engines.external_ai.limits.shared import Shared
from inference.engines.external_ai.limits.together import Together
from inference.engines.external_ai.prices import Meter, price
from inference.engines.external_ai.settings import AiSettings
from inference.engines.external_ai.wire import Pool, open_pool
from inference.redis import connected

_REDIS_PATIENCE = 0.25


class Outside:
    """Makes callers; those of one provider come in by one door, and all draw on one account."""

    def __init__(self, settings: AiSettings, pool: Pool, account: Account) -> None:
        self._settings, self._pool, self._account = settings, pool, account
        self._doors: dict[str, Admission] = {}

    def caller(self, provider: Provider, model: str, *, counted: bool = True) -> Caller:
        """Of one model; `counted` where the provider counts tokens."""
        settings = self._settings
        needed = settings.ai_money_per_day is not None
        meter = Meter(price(settings.ai_prices, model, needed=needed), counted=counted)
        patience = Patience(settings.ai_attempts, settings.ai_call_timeout)
        return Caller(provider, self._pool, self._door(provider), meter, patience)

    def _door(self, provider: Provider) -> Admission:
        door = self._doors.get(provider.account) or Admission(provider.name, self._account)
        return self._doors.setdefault(provider.account, door)


@asynccontextmanager
async def open_outside(settings: AiSettings) -> AsyncIterator[Outside]:
    """For as long as the block runs; closes every connection at its end."""
    async with open_pool(settings.route) as pool, _account(settings) as account:
        yield Outside(settings, pool, account)


@asynccontextmanager
async def _account(settings: AiSettings) -> AsyncIterator[Account]:
    ceilings = settings.ceilings
    if settings.redis_url is None:
        yield Here(ceilings)
        return
    redis = connected(settings.redis_url.get_secret_value(), _REDIS_PATIENCE)
    try:
        async with Together(Shared(redis, ceilings), ceilings, settings.ai_replicas).opened() as it:
            yield it
    finally:
        await redis.aclose()
