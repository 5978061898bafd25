"""Replicas count together in Redis; without it each counts alone, and nobody is kept out."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from limits import parse
from prometheus_client import REGISTRY
from redis import Redis
from redis.exceptions import RedisError

from inference.web.guard import rates
from inference.web.guard.rates import Rates
from local.ports import free_port

LIMIT = parse("3/minute")


@contextmanager
def redis(port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """A server of this test's own, that answers."""
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with subprocess.Popen([*command, "--loglevel", "warning"]) as process:
        try:
            _answers(port)
            yield process
        finally:
            process.kill()


def _answers(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            with Redis(port=port) as client:
                client.ping()
        except RedisError:
            continue
        return
    pytest.fail("redis-server does not answer")


@pytest.fixture
def port() -> int:
    if shutil.which("redis-server") is None:
        reason = "Redis is not installed: apt-get install redis-server"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    return free_port()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis is tried again with every request."""
    monkeypatch.setattr(rates, "PAUSE", 0.0)


def counting(port: int) -> Rates:
    return Rates(LIMIT, f"redis://127.0.0.1:{port}/0")


async def test_replicas_count_together(port: int) -> None:
    with redis(port):
        one, other = counting(port), counting(port)
        left = [(await replica.hit("me")).left for replica in (one, other, one)]
        assert left == [2, 1, 0]
        assert not (await other.hit("me")).allowed
        assert (await other.hit("somebody else")).allowed
        await one.close()
        await other.close()


async def test_a_redis_that_is_away_keeps_nobody_out_and_nobody_waiting(port: int) -> None:
    alone = counting(port)
    began = time.monotonic()
    allowed = [(await alone.hit("me")).allowed for _ in range(4)]
    assert allowed == [True, True, True, False]
    assert time.monotonic() - began < 2
    assert REGISTRY.get_sample_value("http_rate_limits_alone") == 1
    await alone.close()


async def test_a_redis_that_is_frozen_is_waited_for_once_and_not_by_everybody(port: int) -> None:
    with redis(port) as server:
        frozen = counting(port)
        await frozen.hit("me")
        server.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        for _ in range(100):
            assert (await frozen.hit(f"somebody {_}")).allowed
        assert time.monotonic() - began < 2
        await frozen.close()


@pytest.mark.usefixtures("at_once")
async def test_a_redis_that_comes_back_is_counted_in_again(port: int) -> None:
    back = counting(port)
    assert (await back.hit("me")).left == 2
    with redis(port):
        assert (await back.hit("me")).left == 2
        with Redis(port=port) as client:
            assert client.dbsize() == 1
            client.flushall()
            client.script_flush()
        assert (await back.hit("me")).left == 2
    assert REGISTRY.get_sample_value("http_rate_limits_alone") == 0
    await back.close()


async def test_an_address_with_a_password_never_stands_in_a_log(
    port: int, capfd: pytest.CaptureFixture[str]
) -> None:
    locked = Rates(LIMIT, f"redis://:hunter2-and-more@127.0.0.1:{port}/0")
    assert (await locked.hit("me")).allowed
    said = "".join(capfd.readouterr())
    assert "counting requests without Redis" in said
    assert "hunter2" not in said
    await locked.close()
