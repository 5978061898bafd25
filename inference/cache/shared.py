"""Answers that all replicas share: Redis, or what speaks its language, such as Valkey."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from redis.asyncio import Redis

from inference.cache.store import Entry, Held
from inference.redis import FAULTS

# Keys that one step of a clearing looks at.
STEP = 1000


class Shared:
    """One lane's answers, under keys that begin with its name."""

    setting = "REDIS_URL"
    faults = FAULTS
    # Only Redis knows, and it counts no prefixes: what it holds altogether must do.
    totals = most_bytes = None

    def __init__(self, client: Redis, lane: str) -> None:
        self._client = client
        self._prefix = f"penstock:answers:{quote(lane, safe='')}:"

    @property
    def place(self) -> str:
        """Host, port and database; never the whole URL, in which a password may stand."""
        said = self._client.connection_pool.connection_kwargs
        where = said.get("path") or f"{said.get('host', 'localhost')}:{said.get('port', 6379)}"
        return f"{where}/{said.get('db', 0)}"

    async def read(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        """Those that are there: one MGET."""
        values = await self._client.mget([self._prefix + key for key in keys])
        return {
            key: value for key, value in zip(keys, values, strict=True) if isinstance(value, bytes)
        }

    async def write(self, entries: Sequence[Entry]) -> None:
        """One SET each with its time to live, all on their way at once."""
        async with self._client.pipeline(transaction=False) as pipeline:
            for key, value, ttl in entries:
                pipeline.set(self._prefix + key, value, px=max(1, int(ttl * 1000)))
            await pipeline.execute()

    async def held(self) -> Held | None:
        """What Redis says of its memory, if it does; it looks at a few counters for that."""
        said = await self._client.info("memory")
        used, most = said.get("used_memory"), said.get("maxmemory")
        return None if used is None else Held(used, most or None)

    async def clear(self) -> None:
        """Forget this lane's answers, and nothing else that lies in this Redis."""
        step = 0
        while True:
            step, keys = await self._client.scan(step, f"{self._prefix}*", STEP)
            if keys:
                await self._client.unlink(*keys)
            if not step:
                return

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()
