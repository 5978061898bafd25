"""Whatever happens to Redis, questions are answered; and when it is back, it is used again."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import pytest
from computing import ReverseCache, Reverser, texts, tiers
from shops import opened, settled
from structlog.testing import capture_logs

from inference.contract import Tier
from inference.web.running import run
from redis_server import RedisServer

SECRET = "hunter2-and-more"
AT_ONCE = {"model_cache_size": 0, "redis_pause": 0.05}


@pytest.fixture
def ladder() -> Reverser:
    return Reverser()


@pytest.fixture
async def cached(ladder: Reverser, redis_server: RedisServer) -> AsyncIterator[ReverseCache]:
    """Keeps nothing in memory, so that every question is Redis'."""
    async with opened(ladder, redis_url=redis_server.url, **AT_ONCE) as cached:
        yield cached


async def kept(cached: ReverseCache) -> None:
    """Returns when Redis has the answer, however long it was away."""
    async with asyncio.timeout(10):
        while tiers(await cached.answer([b"ab"])) != [Tier.REDIS]:
            await settled(cached)
            await asyncio.sleep(0.01)


async def test_replicas_share_answers(redis_server: RedisServer) -> None:
    one, other = Reverser(), Reverser()
    async with opened(one, redis_url=redis_server.url) as first:
        await first.answer([b"ab", b"cd"])
        await settled(first)
    async with opened(other, redis_url=redis_server.url) as second:
        outcomes = await second.answer([b"cd", b"ef", b"ab"])
    assert texts(outcomes) == ["dc", "fe", "ba"]
    assert tiers(outcomes) == [Tier.REDIS, None, Tier.REDIS]
    assert other.computed == [b"ef"]


async def test_a_batch_is_one_mget_and_one_pipeline(
    cached: ReverseCache, redis_server: RedisServer
) -> None:
    with redis_server.client() as client:
        client.config_resetstat()
        await cached.answer([b"%d" % number for number in range(50)])
        await settled(cached)
        calls = {name: said["calls"] for name, said in client.info("commandstats").items()}
    assert calls["cmdstat_mget"] == 1
    assert calls["cmdstat_set"] == 50
    assert "cmdstat_get" not in calls


async def test_answers_leave_redis_by_themselves(
    cached: ReverseCache, redis_server: RedisServer
) -> None:
    await kept(cached)
    with redis_server.client() as client:
        [key] = client.keys()
        assert 3_500_000 < client.pttl(key) <= 3_600_000
        assert key.startswith(b"penstock:answers:reverse:")


async def test_stopped_and_started_again(cached: ReverseCache, redis_server: RedisServer) -> None:
    await kept(cached)
    redis_server.stop()
    for _ in range(8):
        assert texts(await cached.answer([b"ab", b"cd"])) == ["ba", "dc"]
    assert not cached.snapshot().tiers[Tier.REDIS].available
    redis_server.start()
    await kept(cached)


async def test_frozen_it_costs_a_few_short_waits_and_then_nothing(
    ladder: Reverser, redis_server: RedisServer
) -> None:
    async with opened(ladder, redis_url=redis_server.url, model_cache_size=0) as cached:
        await kept(cached)
        redis_server.freeze()
        started = time.perf_counter()
        for _ in range(200):
            assert texts(await cached.answer([b"ab"])) == ["ba"]
        assert time.perf_counter() - started < 1.5
        redis_server.thaw()


async def test_frozen_and_thawed(cached: ReverseCache, redis_server: RedisServer) -> None:
    await kept(cached)
    redis_server.freeze()
    for _ in range(8):
        assert texts(await cached.answer([b"ab"])) == ["ba"]
    redis_server.thaw()
    await kept(cached)


async def test_full_and_unwilling_to_evict_it_still_gives_what_it_has(
    cached: ReverseCache, redis_server: RedisServer
) -> None:
    await kept(cached)
    with redis_server.client() as client:
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", "1mb")
        for number in range(8):
            assert tiers(await cached.answer([b"ab", b"%d" % number])) == [Tier.REDIS, None]
            await settled(cached)
        state = cached.snapshot().tiers[Tier.REDIS]
        assert (state.available, state.dropped_writes) == (True, 8)
        client.config_set("maxmemory", "0")


async def test_flushed(cached: ReverseCache, redis_server: RedisServer) -> None:
    await kept(cached)
    with redis_server.client() as client:
        client.flushall()
    assert tiers(await cached.answer([b"ab"])) == [None]
    await kept(cached)


async def test_a_wrong_password_is_said_without_saying_it(
    ladder: Reverser, redis_server: RedisServer
) -> None:
    with redis_server.client() as client:
        client.config_set("requirepass", "right")
        url = redis_server.url.replace("//", f"//:{SECRET}@")
        with capture_logs() as lines:
            async with opened(ladder, redis_url=url, **AT_ONCE) as cached:
                assert texts(await cached.answer([b"ab"])) == ["ba"]
                told = repr(cached.snapshot())
    assert [line["see"] for line in lines if line["log_level"] == "warning"] == ["REDIS_URL"]
    assert SECRET not in repr(lines) + told


def wrong_kind(value: bytes) -> bytes:
    return value.replace(b'"full"', b'"fullest"')


def torn(value: bytes) -> bytes:
    return value[:-5]


def too_old(_value: bytes) -> bytes:
    return b'{"level":"full","model":null,"until":1.0,"answer":{"text":"ba"}}'


def not_an_answer(_value: bytes) -> bytes:
    return b'{"level":"full","model":null,"until":1e12,"answer":{"words":1}}'


def pickled(_value: bytes) -> bytes:
    return b"\x80\x04N."


@pytest.mark.parametrize("changed", [wrong_kind, torn, too_old, not_an_answer, pickled])
async def test_what_does_not_validate_is_a_miss(
    cached: ReverseCache,
    redis_server: RedisServer,
    changed: Callable[[bytes], bytes],
) -> None:
    await kept(cached)
    with redis_server.client() as client:
        [key] = client.keys()
        client.set(key, changed(client.get(key)))
    assert tiers(await cached.answer([b"ab"])) == [None]
    await kept(cached)


async def test_a_value_of_another_kind_under_our_key_is_a_miss(
    cached: ReverseCache, redis_server: RedisServer
) -> None:
    await kept(cached)
    with redis_server.client() as client:
        [key] = client.keys()
        client.delete(key)
        client.rpush(key, "a", "list")
    assert tiers(await cached.answer([b"ab"])) == [None]


async def test_clearing_reaches_redis_and_says_where_it_did_not(
    cached: ReverseCache, redis_server: RedisServer
) -> None:
    await kept(cached)
    assert await cached.clear() == []
    with redis_server.client() as client:
        assert client.dbsize() == 0
    redis_server.stop()
    assert await cached.clear() == [Tier.REDIS]


async def goes_and_comes(server: RedisServer, rounds: int) -> None:
    """Eight callers at once, while Redis is stopped, started, frozen and thawed."""
    async with opened(Reverser(), redis_url=server.url, **AT_ONCE) as cached:
        for _ in range(rounds):
            for change in (server.stop, server.start, server.freeze, server.thaw):
                asking = [asyncio.create_task(cached.answer([b"ab", b"cd"])) for _ in range(8)]
                await asyncio.to_thread(change)
                for outcomes in await asyncio.gather(*asking):
                    assert texts(outcomes) == ["ba", "dc"]
        await kept(cached)


def test_it_may_go_and_come_under_the_loop_that_the_programs_run_on(
    redis_server: RedisServer,
) -> None:
    run(goes_and_comes(redis_server, 5))
