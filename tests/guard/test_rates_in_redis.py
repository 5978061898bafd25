"""Replicas count together in Redis; without it each counts alone, and nobody is kept out."""

import time

import pytest
from limits import parse
from prometheus_client import REGISTRY

from inference.web.guard import rates
from inference.web.guard.rates import Rates
from redis_server import RedisServer

LIMIT = parse("3/minute")


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis is tried again with every request."""
    monkeypatch.setattr(rates, "PAUSE", 0.0)


def counting(server: RedisServer) -> Rates:
    return Rates(LIMIT, server.url)


async def test_replicas_count_together(redis_server: RedisServer) -> None:
    one, other = counting(redis_server), counting(redis_server)
    left = [(await replica.hit("me")).left for replica in (one, other, one)]
    assert left == [2, 1, 0]
    assert not (await other.hit("me")).allowed
    assert (await other.hit("somebody else")).allowed
    await one.close()
    await other.close()


async def test_a_redis_that_is_away_keeps_nobody_out_and_nobody_waiting(
    no_redis: RedisServer,
) -> None:
    alone = counting(no_redis)
    began = time.monotonic()
    allowed = [(await alone.hit("me")).allowed for _ in range(4)]
    assert allowed == [True, True, True, False]
    assert time.monotonic() - began < 2
    assert REGISTRY.get_sample_value("http_rate_limits_alone") == 1
    await alone.close()


async def test_a_redis_that_is_frozen_is_waited_for_once_and_not_by_everybody(
    redis_server: RedisServer,
) -> None:
    frozen = counting(redis_server)
    await frozen.hit("me")
    redis_server.freeze()
    began = time.monotonic()
    for number in range(100):
        assert (await frozen.hit(f"somebody {number}")).allowed
    assert time.monotonic() - began < 2
    await frozen.close()


@pytest.mark.usefixtures("at_once")
async def test_a_redis_that_comes_back_is_counted_in_again(no_redis: RedisServer) -> None:
    back = counting(no_redis)
    assert (await back.hit("me")).left == 2
    no_redis.start()
    assert (await back.hit("me")).left == 2
    with no_redis.client() as client:
        assert client.dbsize() == 1
        client.flushall()
        client.script_flush()
    assert (await back.hit("me")).left == 2
    assert REGISTRY.get_sample_value("http_rate_limits_alone") == 0
    await back.close()


async def test_an_address_with_a_password_never_stands_in_a_log(
    no_redis: RedisServer, capfd: pytest.CaptureFixture[str]
) -> None:
    locked = Rates(LIMIT, f"redis://:hunter2-and-more@127.0.0.1:{no_redis.port}/0")
    assert (await locked.hit("me")).allowed
    said = "".join(capfd.readouterr())
    assert "counting requests without Redis" in said
    assert "hunter2" not in said
    await locked.close()
