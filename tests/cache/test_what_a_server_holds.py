"""What Redis holds is told as long as Redis says it; nobody's answer waits for that."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from computing import Reverser, texts
from prometheus_client import REGISTRY
from shops import Shelf, opened

from inference.cache import weighing
from inference.cache.outer import Outer
from inference.cache.state import TierState
from inference.cache.store import Held, Limits
from inference.contract import Tier
from redis_server import RedisServer

EVERY = 0.02
Told = Callable[[], TierState]


def metric(name: str, lane: str = "reverse") -> float | None:
    labels = {"lane": lane, "tier": "redis"}
    return REGISTRY.get_sample_value(f"inference_cache_server_{name}", labels)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.005)


@pytest.fixture
async def told(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Told]:
    """What a cache on this Redis says of it, asked anew all the time."""
    monkeypatch.setattr(weighing, "EVERY", EVERY)
    async with opened(Reverser(), redis_url=redis_server.url) as cached:
        yield lambda: cached.snapshot().tiers[Tier.REDIS]


async def test_what_redis_says_of_its_memory_is_told(redis_server: RedisServer, told: Told) -> None:
    with redis_server.client() as client:
        client.set("somebody else's", bytes(3_000_000))
        await until(lambda: (metric("bytes") or 0) > 3_000_000)
        used = client.info("memory")["used_memory"]
        assert metric("bytes") == pytest.approx(used, rel=0.2)
        assert (metric("max_bytes"), told().server_max_bytes) == (None, None)
        client.config_set("maxmemory", "64mb")
    await until(lambda: metric("max_bytes") == 64 * 1024 * 1024)
    assert told().server_max_bytes == 64 * 1024 * 1024
    assert told().server_bytes == metric("bytes")
    assert told().bytes is None


async def test_an_outage_means_no_figure_until_it_is_over(
    redis_server: RedisServer, told: Told
) -> None:
    await until(lambda: told().server_bytes is not None)
    redis_server.stop()
    await until(lambda: told().server_bytes is metric("bytes") is None)
    redis_server.start()
    await until(lambda: told().server_bytes is not None)
    redis_server.freeze()
    await until(lambda: told().server_bytes is metric("bytes") is None)
    redis_server.thaw()
    await until(lambda: metric("bytes") is not None)


async def test_a_redis_that_may_not_be_asked_keeps_answers_all_the_same(
    redis_server: RedisServer,
) -> None:
    with redis_server.client() as client:
        client.execute_command("ACL", "SETUSER", "default", "-info")
        async with opened(Reverser(), redis_url=redis_server.url) as cached:
            assert texts(await cached.answer([b"ab"])) == ["ba"]
            await until(lambda: client.dbsize() == 1)
            state = cached.snapshot().tiers[Tier.REDIS]
            assert (state.available, state.server_bytes, metric("bytes")) == (True, None, None)


async def test_a_tier_without_a_server_has_no_figure_and_a_closed_one_neither() -> None:
    shelf = Shelf()
    limits = Limits(read=0.1, write=0.1, pause=0.1)
    async with Outer("shelf", Tier.REDIS, shelf, limits).opened() as tier:
        await asyncio.sleep(0)
        assert (tier.weighing.held, metric("bytes", "shelf")) == (None, None)
    shelf.server = Held(10, 20)
    async with Outer("shelf", Tier.REDIS, shelf, limits).opened() as tier:
        await until(lambda: tier.weighing.held == (10, 20))
        assert (metric("bytes", "shelf"), metric("max_bytes", "shelf")) == (10, 20)
    assert (metric("bytes", "shelf"), metric("max_bytes", "shelf")) == (None, None)
