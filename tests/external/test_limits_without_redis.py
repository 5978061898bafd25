import asyncio
import time

from accounts import CALL, bill
from outside import article, good, opened
from prometheus_client import REGISTRY
from scripted import Provider

from inference.contract import Rejection
from inference.engines.external_ai.limits import together
from inference.engines.external_ai.limits.ceilings import Ceilings, Word
from inference.engines.external_ai.limits.shared import Shared
from inference.engines.external_ai.limits.together import Together
from inference.redis import connected
from redis_server import RedisServer

BUDGET = "{penstock:ai}:budget"


def alone() -> float | None:
    return REGISTRY.get_sample_value("external_ai_limits_alone")


async def test_calls_are_made_without_redis_and_a_metric_says_so(
    provider: Provider, no_redis: RedisServer
) -> None:
    async with opened(provider.url, REDIS_URL=no_redis.url) as [rung]:
        outcomes = await rung.answer([article("One"), article("Two")])
    assert all(good(outcome) for outcome in outcomes)
    assert alone() == 1


async def test_without_redis_a_replica_keeps_to_its_share(
    provider: Provider, no_redis: RedisServer
) -> None:
    limits = {"AI_REQUESTS_PER_MINUTE": 1200, "AI_REPLICAS": 4, "AI_CONCURRENCY": 100}
    async with opened(provider.url, REDIS_URL=no_redis.url, AI_DEADLINE=2, **limits) as [rung]:
        outcomes = await rung.answer([article(f"News {number}") for number in range(100)])
    made = sum(not isinstance(outcome, Rejection) for outcome in outcomes)
    assert 8 <= made <= 16  # a fourth of 20 a second, for two seconds, and those made at once


async def test_a_redis_that_says_nothing_any_more_delays_one_call_by_a_moment(
    provider: Provider, redis_server: RedisServer
) -> None:
    async with opened(provider.url, REDIS_URL=redis_server.url) as [rung]:
        good((await rung.answer([article("One")]))[0])
        redis_server.freeze()
        started = time.monotonic()
        for number in range(10):
            good((await rung.answer([article(f"News {number}")]))[0])
        taken = time.monotonic() - started
        redis_server.thaw()
    assert taken < 1.5


async def test_the_share_is_that_of_the_replicas_which_redis_knew(
    redis_server: RedisServer,
) -> None:
    client = connected(redis_server.url, 1.0)
    ceilings = Ceilings(calls=10, tokens_a_day=2000)
    others = [Shared(client, ceilings) for _ in range(4)]
    for other in others:
        await other.take(CALL, 0, 60)
    account = Together(Shared(client, ceilings), ceilings, replicas=1)
    assert (await account.take(CALL, 0, 60)).replicas == 5
    redis_server.stop()
    verdicts = [await account.take(CALL, 0, 60) for _ in range(3)]
    await client.aclose()
    # Two at once of ten, and a fifth of the 1,250 tokens that were left.
    assert [one.word for one in verdicts] == [Word.GRANTED, Word.BUSY, Word.BUSY]
    assert verdicts[0].left.tokens == 2000 // 5 - 250 or verdicts[0].left.tokens == 1250 // 5 - 150


async def test_what_was_spent_without_redis_is_told_when_it_is_back(
    no_redis: RedisServer,
) -> None:
    client = connected(no_redis.url, 1.0)
    ceilings = Ceilings(tokens_a_day=1000)
    async with Together(Shared(client, ceilings), ceilings, replicas=1).opened() as account:
        account.settle(bill(await account.take(CALL, 0, 60), tokens=77, money=5))
        assert alone() == 1
        no_redis.start()
        account._again = 0.0  # as if the pause were over
        assert (await account.take(CALL, 0, 60)).word is Word.GRANTED
        assert alone() == 0
    assert no_redis.client().hmget(BUDGET, ["tokens", "money"]) == [b"77", b"5"]
    await client.aclose()


async def test_bills_that_cannot_be_settled_now_are_settled_later(
    redis_server: RedisServer,
) -> None:
    client = connected(redis_server.url, 1.0)
    ceilings = Ceilings(calls=3, tokens_a_day=1000)
    async with Together(Shared(client, ceilings), ceilings, replicas=1).opened() as account:
        granted = [await account.take(CALL, 0, 60) for _ in range(3)]
        redis_server.freeze()
        for one in granted:
            account.settle(bill(one, tokens=10))
        await asyncio.sleep(0)
        redis_server.thaw()
        async with asyncio.timeout(together._PAUSE + 3):
            while redis_server.client().hget(BUDGET, "tokens") != b"30":
                await asyncio.sleep(0.02)
    await client.aclose()
