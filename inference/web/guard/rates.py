"""How often a caller may ask: counted in Redis for all replicas, or here."""

import asyncio
import math
import time
from typing import Any, NamedTuple

import structlog
from limits import RateLimitItem
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError
from redis.asyncio import Redis

from inference.redis import connected
from inference.web.guard import metrics

log = structlog.get_logger(__name__)

# Counting must not cost more than the answer; a Redis that is slower counts as away.
_PATIENCE = 0.25
PAUSE = 5.0


class Quota(NamedTuple):
    """What is left for a caller."""

    allowed: bool
    limit: RateLimitItem
    left: int
    seconds: int

    @property
    def headers(self) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers-10 writes it, and Retry-After with a refusal."""
        told = {
            "RateLimit-Policy": f'"default";q={self.limit.amount};w={self.limit.get_expiry()}',
            "RateLimit": f'"default";r={self.left};t={self.seconds}',
        }
        return told if self.allowed else told | {"Retry-After": str(self.seconds)}


class Rates:
    """Counts by a window that slides, in a few bytes per caller."""

    def __init__(self, limit: RateLimitItem, redis_url: str | None) -> None:
        self._limit = limit
        self._here = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._client = None if redis_url is None else connected(redis_url, _PATIENCE)
        self._shared = None if self._client is None else _limiter(self._client)
        self._again = 0.0

    async def close(self) -> None:
        """End the connections."""
        if self._client is not None:
            await self._client.aclose()

    async def hit(self, who: str) -> Quota:
        """Count one more request of this caller."""
        now = time.monotonic()
        if self._shared is None or now < self._again:
            return await self._counted(self._here, who)
        if self._again:
            self._again = now + PAUSE  # one looks whether it is back, and the others need not
        try:
            async with asyncio.timeout(_PATIENCE):
                quota = await self._counted(self._shared, who)
        except (StorageError, OSError, RuntimeError) as error:  # uvloop: just closed
            self._do_without(error)
            return await self._counted(self._here, who)
        self._do_with()
        return quota

    async def _counted(self, limiter: SlidingWindowCounterRateLimiter, who: str) -> Quota:
        allowed = await limiter.hit(self._limit, who)
        until, left = await limiter.get_window_stats(self._limit, who)
        seconds = max(1, math.ceil(until - time.time()))
        return Quota(allowed, self._limit, max(0, left), seconds)

    def _do_without(self, error: Exception) -> None:
        """A Redis that is away must not keep anybody out, nor be waited for by everybody."""
        if self._again == 0.0:
            log.warning("counting requests without Redis", error=type(error).__name__)
            metrics.RATES_ALONE.set(1)
        self._again = time.monotonic() + PAUSE

    def _do_with(self) -> None:
        if self._again:
            log.info("counting requests in Redis again")
            metrics.RATES_ALONE.set(0)
        self._again = 0.0


def _limiter(client: Redis) -> SlidingWindowCounterRateLimiter:
    pool: Any = client.connection_pool  # taken, though its type says otherwise
    storage = RedisStorage(
        "async+redis://",
        wrap_exceptions=True,
        implementation="redispy",
        key_prefix="penstock:rates",
        connection_pool=pool,
    )
    return SlidingWindowCounterRateLimiter(storage)
