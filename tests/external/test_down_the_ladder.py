import time
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from outside import article, opened
from scripted import Asked, Provider, Reply
from steps import answers, completed, halves, hangs, refuses, resets

from inference.contract import Level
from inference.ladder import Answered, Ladder, Terms
from inference.lanes.news_analysis.article import Article
from inference.lanes.news_analysis.contract import AnalyzedNewsArticle
from inference.lanes.news_analysis.local.rung import LocalRung

GLAD = [{"label": "positive", "score": 0.9}, {"label": "negative", "score": 0.1}]
NewsLadder = Ladder[Article, AnalyzedNewsArticle]


async def both(asked: Asked, _: object) -> Reply:
    """The chat of one provider and the task of another."""
    return completed() if "messages" in asked.document else Reply(document=GLAD)


@asynccontextmanager
async def ladder(provider: Provider, **settings: object) -> AsyncIterator[NewsLadder]:
    provider.usual = both
    hosted = {"HF_BASE_URL": provider.url, "HF_TOKEN": "hf_Test", "AI_DEADLINE": 1.5}
    with ThreadPoolExecutor(1) as threads:
        local = LocalRung(threads)
        await local.warm_up(["en"])
        async with opened(provider.url, **(hosted | settings)) as rungs:
            yield Ladder("news-analysis", [*rungs, local], Terms(deadline=20))


def levels(outcomes: Sequence[object]) -> list[Level]:
    return [outcome.how.level for outcome in outcomes if isinstance(outcome, Answered)]


def titles(outcomes: Sequence[object]) -> list[str]:
    return [one.answer.article.title for one in outcomes if isinstance(one, Answered)]


async def test_each_article_goes_as_far_down_as_it_must_and_order_is_kept(
    provider: Provider,
) -> None:
    names = ["Well", "Refused", "Hanging", "Cut", "Reset", "Both gone", "Well too"]
    async with ladder(provider) as news:
        await news.answer([article("To learn how it speaks")])
        provider.plan("Refused", answers(None, refusal="No."))
        provider.plan("Hanging", *[hangs] * 2)
        provider.plan("Cut", *[answers("{", finish="length")] * 2)
        provider.plan("Reset", resets, halves)
        provider.plan("Both gone", refuses(422), refuses(422))
        started = time.monotonic()
        outcomes = await news.answer([article(name) for name in names])
        taken = time.monotonic() - started
    assert titles(outcomes) == names
    assert levels(outcomes) == ["full", "light", "light", "light", "full", "basic", "full"]
    assert taken < 2.5


async def test_a_budget_that_is_spent_lets_the_next_rung_answer(provider: Provider) -> None:
    async with ladder(provider, AI_TOKENS_PER_DAY=100) as news:
        outcomes = await news.answer([article("One"), article("Two")])
    assert levels(outcomes) == ["light", "light"]
    assert news.places[0].trouble is not None
    assert "AI_TOKENS_PER_DAY" in news.places[0].trouble


async def test_a_key_that_is_refused_opens_the_breaker_after_a_single_call_a_pause(
    provider: Provider,
) -> None:
    async with ladder(provider) as news:
        provider.plan("messages", *[refuses(401)] * 100)
        outcomes = [
            outcome
            for number in range(8)
            for outcome in await news.answer([article(f"News {number} {n}") for n in range(5)])
        ]
    assert levels(outcomes) == ["light"] * 40
    assert sum("messages" in one.document for one in provider.asked) == 1
    assert not news.places[0].breaker.allows()


async def test_with_nobody_reachable_articles_are_read_here(provider: Provider) -> None:
    nowhere = "http://127.0.0.1:1"
    async with ladder(provider, OPENAI_BASE_URL=nowhere, HF_BASE_URL=nowhere) as news:
        outcomes = await news.answer([article("One"), article("Two")])
    assert levels(outcomes) == ["basic", "basic"]
    assert titles(outcomes) == ["One", "Two"]
