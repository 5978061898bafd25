import asyncio
import time

import pytest
from accounts import InRedis, bill
from outside import article, bad, good, opened
from scripted import Provider
from steps import after, refuses

from inference.contract import Rejection
from inference.engines.external_ai.limits.ceilings import Ceilings, Word
from inference.errors import Unavailable
from redis_server import RedisServer

NEWS = [article(f"News {number}") for number in range(200)]


async def answered(provider: Provider, redis: RedisServer, **settings: object) -> int:
    """How many of two replicas' articles were answered by the provider."""

    async def replica() -> int:
        async with opened(provider.url, REDIS_URL=redis.url, **settings) as [rung]:
            outcomes = await rung.answer(NEWS)
        return sum(not isinstance(outcome, Rejection) for outcome in outcomes)

    return sum(await asyncio.gather(replica(), replica()))


def rate(provider: Provider) -> float:
    """Calls a second, of the time in which the limit was in force."""
    times = [one.time for one in provider.asked]
    late = [moment for moment in times if moment > times[0] + 0.5]
    return (len(late) - 1) / (late[-1] - late[0])


async def test_two_replicas_share_a_minutes_limit_within_five_in_a_hundred(
    provider: Provider, redis_server: RedisServer
) -> None:
    per_second = 40  # so few that the machine is never what holds them up
    await answered(
        provider, redis_server, AI_REQUESTS_PER_MINUTE=60 * per_second, AI_CONCURRENCY=500
    )
    assert rate(provider) == pytest.approx(per_second, rel=0.05)


async def test_two_replicas_share_how_many_call_at_once(
    provider: Provider, redis_server: RedisServer
) -> None:
    provider.usual = after(0.05)
    # None is given up in its midst: the provider would still be busy with it.
    await answered(provider, redis_server, AI_CONCURRENCY=8, AI_DEADLINE=30)
    assert provider.most_at_once == 8


async def test_two_replicas_share_a_days_budget_and_do_not_exceed_it(
    provider: Provider, redis_server: RedisServer
) -> None:
    budget = 40_000
    count = await answered(provider, redis_server, AI_TOKENS_PER_DAY=budget)
    # Each call takes 360 tokens, and was thought to take up to 6,000.
    assert budget - 6000 <= 360 * count <= budget
    assert len(provider.asked) == count


async def test_a_budget_that_is_spent_is_said_to_be_and_costs_no_call(provider: Provider) -> None:
    async with opened(provider.url, AI_TOKENS_PER_DAY=8000) as [rung]:
        outcomes = [(await rung.answer([one]))[0] for one in NEWS[:2]]
        while not isinstance(outcomes[-1], Rejection):
            outcomes += await rung.answer([NEWS[0]])
        with pytest.raises(Unavailable, match="budget of tokens"):
            await rung.answer([NEWS[0]])
    assert "AI_TOKENS_PER_DAY" in bad(outcomes[-1]).detail
    assert len(provider.asked) == len(outcomes) - 1


async def test_a_call_of_a_replica_that_died_is_counted_at_its_most_and_its_place_is_freed(
    redis_server: RedisServer,
) -> None:
    account = InRedis(Ceilings(calls=1, tokens_a_day=1000), redis_server.url)
    died = await account.take(hold=0.05)
    assert (await account.take()).word is Word.BUSY
    await asyncio.sleep(0.06)
    assert (await account.take()).left.tokens == 1000 - 2 * 150
    await account.settle(bill(died, tokens=10))
    await account.settle(bill(died, tokens=10))
    assert redis_server.client().hget("{penstock:ai}:budget", "tokens") == b"150"
    await account.client.aclose()


async def test_replicas_are_counted(redis_server: RedisServer) -> None:
    one, two = (InRedis(Ceilings(), redis_server.url) for _ in range(2))
    assert (await one.take()).replicas == 1
    assert (await two.take()).replicas == 2
    for account in (one, two):
        await account.client.aclose()


async def test_a_provider_that_refuses_one_replica_is_left_alone_by_the_other(
    provider: Provider, redis_server: RedisServer
) -> None:
    provider.plan("Bad", refuses(429, {"retry-after": "1"}))
    async with (
        opened(provider.url, REDIS_URL=redis_server.url) as [one],
        opened(provider.url, REDIS_URL=redis_server.url) as [two],
    ):
        first = asyncio.create_task(one.answer([article("Bad")]))
        while (
            not provider.asked
            or redis_server.client().hget("{penstock:ai}:rates:openai@127.0.0.1", "until") is None
        ):
            await asyncio.sleep(0.01)
        started = time.monotonic()
        good((await two.answer([article("News")]))[0])
        assert time.monotonic() - started > 0.7
        good((await first)[0])
