import asyncio

import pytest
from outside import article, good, opened
from scripted import Asked, Provider, Reply
from steps import completed, refuses

from inference.engines.external_ai.announced import Announced


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def told(kind: str, limit: object, left: object, reset: object) -> dict[str, str]:
    names = ("limit", "remaining", "reset")
    pairs = zip(names, (limit, left, reset), strict=True)
    return {f"x-ratelimit-{name}-{kind}": str(value) for name, value in pairs}


async def heard(clock: Clock, headers: dict[str, str]) -> Announced:
    announced = Announced(clock)
    await announced.turn(100)
    announced.landed(100)
    announced.heard(headers)
    return announced


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        (told("requests", 500, 0, "12s"), 12.0),
        (told("requests", 500, 0, "6m0s"), 360.0),
        (told("requests", 500, 0, "120ms"), 0.12),
        (told("requests", 60, 0, "1m0s"), 1.0),  # one comes back every second
        (told("tokens", 6000, 50, "59.5s"), 0.5),
        (told("requests", 500, 3, "12s"), 0.0),
        (told("tokens", 1000, 99, "7s"), 7.0),
        (told("tokens", 1000, 100, "7s"), 0.0),
        (told("requests", -1, -1, "0"), 0.0),
        (told("requests", 0, 0, "0s"), 0.0),
        (told("requests", "many", "none", "soon"), 0.0),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "3"}, 3.0),
        ({}, 0.0),
    ],
)
async def test_what_is_left_says_how_long_to_wait(headers: dict[str, str], wait: float) -> None:
    announced = await heard(Clock(), headers)
    assert announced.wait(100) == pytest.approx(wait)


async def test_calls_under_way_count_though_the_provider_may_not_have_seen_them() -> None:
    announced = Announced(Clock())
    for _ in range(3):
        await announced.turn(10)
    announced.landed(10)
    announced.heard(told("requests", 500, 2, "12s"))
    assert announced.wait(10) == pytest.approx(12.0)
    for _ in range(2):
        announced.landed(10)
        announced.heard(told("requests", 500, 2, "12s"))
    assert announced.wait(10) == 0.0


async def test_after_the_period_there_is_as_much_again_and_no_more() -> None:
    clock = Clock()
    announced = await heard(clock, told("requests", 2, 0, "7s"))
    clock.now += 7.1
    waits = []
    for _ in range(2):
        waits.append(announced.wait(1))
        await announced.turn(1)
    assert waits == [0.0, 0.0]
    assert announced.wait(1) > 5


async def test_who_waits_goes_on_when_news_say_that_there_is_room() -> None:
    announced = await heard(Clock(), told("requests", 500, 0, "1h0m0s"))
    waiting = asyncio.create_task(announced.turn(1))
    await asyncio.sleep(0)
    announced.heard(told("requests", 500, 5, "1h0m0s"))
    async with asyncio.timeout(5):
        await waiting


class Limited:
    """Allows so many calls in each period, says what is left, and refuses what is beyond."""

    def __init__(self, limit: int, period: float) -> None:
        self._limit, self._period = limit, period
        self._ends, self._used, self.refused = 0.0, 0, 0

    async def __call__(self, asked: Asked, _: object) -> Reply:
        if asked.time >= self._ends:
            self._ends, self._used = asked.time + self._period, 0
        self._used += 1
        left = max(0, self._limit - self._used)
        headers = told("requests", self._limit, left, f"{(self._ends - asked.time) * 1000:.0f}ms")
        if self._used > self._limit:
            self.refused += 1
            return Reply(429, {"error": {}}, headers | {"retry-after": "1"})
        await asyncio.sleep(0.02)
        return completed()._replace(headers=headers)


async def test_a_limit_that_is_announced_is_kept_to_before_a_call_is_refused(
    provider: Provider,
) -> None:
    limited = Limited(20, 0.7)
    provider.usual = limited
    async with opened(provider.url, AI_DEADLINE=20, AI_CONCURRENCY=8) as [rung]:
        outcomes = await rung.answer([article(f"News {number}") for number in range(50)])
    assert all(good(outcome) for outcome in outcomes)
    assert limited.refused == 0


async def test_a_429_makes_the_others_wait_as_well(provider: Provider) -> None:
    async with opened(provider.url, AI_CONCURRENCY=1) as [rung]:
        await rung.answer([article("To learn how it speaks")])
        provider.plan("News 0", refuses(429, {"retry-after": "0.5"}))
        await rung.answer([article(f"News {number}") for number in range(5)])
    refused, *others = [one.time for one in provider.asked[1:]]
    assert min(others) - refused > 0.45
