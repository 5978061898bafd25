import time
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from accounts import CALL, InMemory, InRedis, bill

from inference.engines.external_ai.limits.ceilings import Ceilings, Need, Word

Make = Callable[[Ceilings], InMemory | InRedis]


@pytest_asyncio.fixture(params=["memory", "redis"])
async def make(request: pytest.FixtureRequest) -> AsyncIterator[Make]:
    """Makes accounts of both kinds; those of one test share a Redis."""
    if request.param == "memory":
        yield InMemory
        return
    server, opened = request.getfixturevalue("redis_server"), []

    def in_redis(ceilings: Ceilings) -> InRedis:
        opened.append(InRedis(ceilings, server.url))
        return opened[-1]

    yield in_redis
    for one in opened:
        await one.client.aclose()


async def test_without_limits_every_call_is_granted_at_once(make: Make) -> None:
    account = make(Ceilings())
    verdicts = [await account.take() for _ in range(50)]
    assert {(one.word, one.wait) for one in verdicts} == {(Word.GRANTED, 0.0)}


async def test_calls_beyond_one_seconds_worth_are_spread_evenly(make: Make) -> None:
    account = make(Ceilings(requests=600))
    waits = [(await account.take(patience=60)).wait for _ in range(110)]
    assert waits[:10] == [0.0] * 10
    assert waits[-1] == pytest.approx(100 * 60 / 591, abs=0.3)
    assert waits == sorted(waits)


async def test_no_minute_has_more_calls_than_its_limit(make: Make) -> None:
    account = make(Ceilings(requests=120))
    started = time.monotonic()
    begins = [
        time.monotonic() - started + (await account.take(patience=1000)).wait for _ in range(400)
    ]
    for first in begins:
        assert sum(first <= begin < first + 59.9 for begin in begins) <= 120


async def test_a_call_whose_turn_would_come_too_late_takes_no_turn(make: Make) -> None:
    account = make(Ceilings(requests=60))
    await account.take()
    late = [await account.take(patience=0.2) for _ in range(5)]
    assert {one.word for one in late} == {Word.LATE}
    assert late[-1].wait < 1.1


async def test_tokens_are_spread_too_and_those_not_used_are_given_back(make: Make) -> None:
    account = make(Ceilings(tokens=6000))
    first, second = [await account.take(patience=60) for _ in range(2)]
    third = await account.take(patience=60)
    await account.settle(bill(third, tokens=100))
    await account.settle(bill(second, tokens=10))
    await account.settle(bill(first, tokens=10))
    fourth = await account.take(patience=60)
    assert third.wait > second.wait
    assert fourth.wait < third.wait


async def test_a_call_that_was_never_made_gives_its_turn_back(make: Make) -> None:
    account = make(Ceilings(requests=60))
    await account.take()
    for _ in range(20):
        waiting = await account.take(patience=60)
        await account.settle(bill(waiting, tokens=0, money=0, begun=False))
    assert (await account.take(patience=60)).wait < 1.1


async def test_no_more_than_so_many_are_made_at_once(make: Make) -> None:
    account = make(Ceilings(calls=2))
    first, _, third = [await account.take() for _ in range(3)]
    assert third.word is Word.BUSY
    await account.settle(bill(first))
    assert (await account.take()).word is Word.GRANTED
    assert (await account.take()).word is Word.BUSY


async def test_a_provider_that_wants_to_be_left_alone_is_by_all_and_then_in_turns(
    make: Make,
) -> None:
    account = make(Ceilings(requests=600))
    await account.settle(bill(await account.take(), pause=5.0))
    waits = [(await account.take(patience=60)).wait for _ in range(30)]
    assert waits[0] == pytest.approx(5.0, abs=0.2)
    assert waits[-1] > 6.5


async def test_another_provider_has_limits_of_its_own_and_shares_the_budget(make: Make) -> None:
    account = make(Ceilings(requests=60, tokens_a_day=300))
    await account.settle(bill(await account.take(), tokens=200))
    other = CALL._replace(provider="huggingface@host")
    assert (await account.take(other._replace(most=0))).word is Word.GRANTED
    assert (await account.take(other)).word is Word.SPENT


@pytest.mark.parametrize(
    ("ceilings", "kind"),
    [(Ceilings(tokens_a_day=1000), "tokens"), (Ceilings(money_a_day=150), "money")],
)
async def test_a_budget_is_used_up_and_never_exceeded(
    make: Make, ceilings: Ceilings, kind: str
) -> None:
    account, spent = make(ceilings), 0
    while (verdict := await account.take()).word is Word.GRANTED:
        await account.settle(bill(verdict, tokens=130, money=20))
        spent += 130 if kind == "tokens" else 20
    assert (verdict.word, verdict.kind) == (Word.SPENT, kind)
    budget = ceilings.tokens_a_day or ceilings.money_a_day or 0
    assert budget - (CALL.most if kind == "tokens" else CALL.money) <= spent <= budget


async def test_what_others_have_reserved_of_a_budget_makes_busy_and_not_spent(make: Make) -> None:
    account = make(Ceilings(tokens_a_day=400))
    first, second, third = [await account.take() for _ in range(3)]
    assert (first.word, second.word, third.word) == (Word.GRANTED, Word.GRANTED, Word.BUSY)
    await account.settle(bill(first, tokens=10))
    assert (await account.take()).word is Word.GRANTED


async def test_what_is_left_of_a_budget_is_told(make: Make) -> None:
    account = make(Ceilings(tokens_a_day=1000, money_a_day=500))
    verdict = await account.take()
    assert verdict.left == (850, 480)
    await account.settle(bill(verdict, tokens=60, money=10))
    assert (await account.take()).left == (790, 470)


async def test_a_call_that_costs_nothing_is_made_when_the_money_is_spent(make: Make) -> None:
    account = make(Ceilings(money_a_day=10))
    free = Need("openai@host", likely=100, most=150)
    assert (await account.take()).word is Word.SPENT
    assert (await account.take(free)).word is Word.GRANTED
