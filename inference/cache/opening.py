"""Opens a lane's cache as its settings say, and says what there is."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import partial
from typing import Any

import structlog

from inference import metrics
from inference.cache.alike import Alike
from inference.cache.disk import Disk
from inference.cache.memory import Memory
from inference.cache.outer import Outer
from inference.cache.settings import CacheSettings
from inference.cache.shelves import Shelves, Terms
from inference.cache.store import Limits, Store, Totals
from inference.cache.tiers import Answerer, Cached
from inference.contract import A, Contract, Q, Tier
from inference.ladder import Answered
from inference.lane import Sameness

# A disk answers in less than a millisecond or has trouble of its own.
DISK = Limits(read=0.5, write=10.0, pause=10.0)
REDIS_WRITE = 1.0
TOLD = {"entries", "max_entries", "bytes", "max_bytes", "available"}

log = structlog.get_logger(__name__)


@asynccontextmanager
async def open_cache(
    settings: CacheSettings,
    contract: Contract[Q, A],
    sameness: Sameness[Q, A] | None,
    ladder: Answerer[Q, A],
) -> AsyncIterator[Cached[Q, A]]:
    """The ladder with its cache in front, for as long as the block runs."""
    used = sameness if settings.enable_model_cache else None
    async with AsyncExitStack() as stack:
        found = _outer(settings, contract) if used else []
        outer = [await stack.enter_async_context(one.opened()) for one in found]
        memory: Memory[Answered[A]] = Memory(settings.model_cache_size, settings.model_cache_bytes)
        shelves = Shelves(contract, memory, outer, _terms(settings))
        stack.enter_context(_measured(contract.lane, shelves))
        if used is not None and used.sketch is not None and settings.model_cache_copies:
            ladder = Alike(contract.lane, ladder, used.sketch, shelves.copies)
        cached = Cached(ladder, contract, used, shelves)
        _say(cached, keeps=sameness is not None)
        yield cached


def _terms(settings: CacheSettings) -> Terms:
    copies = settings.model_cache_copies
    return Terms(settings.model_cache_ttl, copies, settings.model_cache_copies_ttl)


def _outer(settings: CacheSettings, contract: Contract[Any, Any]) -> list[Outer]:
    """Those that are set up; a sensitive lane's answers do not leave the process."""
    found: list[Outer] = []
    if contract.sensitive:
        return found
    lane = contract.lane
    if settings.model_cache_dir is not None:
        disk = Disk(settings.model_cache_dir, lane, settings.model_cache_disk_bytes)
        found.append(Outer(lane, Tier.DISK, disk, DISK))
    if settings.redis_url is not None:
        from inference.cache.shared import Shared  # noqa: PLC0415 - 0.2 s at the start
        from inference.redis import connected  # noqa: PLC0415 - likewise

        limits = Limits(settings.redis_timeout, REDIS_WRITE, settings.redis_pause)
        client = connected(settings.redis_url.get_secret_value(), max(limits.read, limits.write))
        found.append(Outer(lane, Tier.REDIS, Shared(client, lane), limits))
    return found


@contextmanager
def _measured(lane: str, shelves: Shelves[Any]) -> Iterator[None]:
    """Sizes are asked for when Prometheus asks us."""
    tiers: dict[Tier, Memory[Any] | Store] = {Tier.MEMORY: shelves.memory}
    tiers |= {one.tier: one.store for one in shelves.outer if one.store.totals is not None}
    for tier, one in tiers.items():
        metrics.CACHE_BYTES.labels(lane, tier).set_function(
            partial(_size, one, lambda it: it.bytes)
        )
        metrics.CACHE_ENTRIES.labels(lane, tier).set_function(
            partial(_size, one, lambda it: it.entries)
        )
    try:
        yield
    finally:
        for tier in tiers:
            metrics.CACHE_BYTES.remove(lane, tier)
            metrics.CACHE_ENTRIES.remove(lane, tier)


def _size(tier: Memory[Any] | Store, which: Callable[[Totals], int]) -> float:
    return float(which(tier.totals or Totals(0, 0)))


def _say(cached: Cached[Any, Any], *, keeps: bool) -> None:
    state = cached.snapshot()
    if not state.enabled:
        why = "ENABLE_MODEL_CACHE is off" if keeps else "this lane's answers are not kept"
        log.info("no cache", lane=state.lane, reason=why)
        return
    places = {one.tier: one.store.place for one in cached.shelves.outer}
    for tier, one in state.tiers.items():
        said = one.model_dump(exclude_none=True, include=TOLD)
        place = places.get(tier, "this process")
        log.info("cache", lane=state.lane, tier=str(tier), place=place, ttl=state.ttl, **said)
