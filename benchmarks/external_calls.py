"""The news lane's best rung, asked by so many at once; prints what it takes, as JSON."""

import asyncio
import gc
import json
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import uvloop

from inference.contract import Rejection
from inference.lanes.news_analysis.article import Article
from inference.lanes.news_analysis.contract import AnalyzedNewsArticle, RawNewsArticle
from inference.lanes.news_analysis.local.analyser import LocalAnalyser
from inference.lanes.news_analysis.openai import OpenAiRung
from inference.lanes.news_analysis.preparation import prepared
from inference.lanes.news_analysis.providers import open_providers

BODY = "Sales rose by a tenth in spring, the company said on Monday. It will hire again. " * 20
WARM = 5


async def main(at_once: int, count: int) -> None:
    """Asks about each article by itself, so that every answer has a latency of its own."""
    with ThreadPoolExecutor(1) as threads:
        async with open_providers(1, LocalAnalyser(), threads) as [rung]:
            assert isinstance(rung, OpenAiRung)
            articles = [_article(number) for number in range(count)]
            started = time.perf_counter()
            added = sorted(await _asked(rung, at_once, articles))
            taken = time.perf_counter() - started
    told = {f"p{share}": added[len(added) * share // 100] for share in (50, 99)}
    print(json.dumps(told | {"answered": len(added) + WARM * at_once, "rate": count / taken}))


async def _asked(rung: OpenAiRung, at_once: int, articles: Sequence[Article]) -> list[float]:
    """Milliseconds beyond the provider's own, of each that was answered."""
    left = iter(articles)

    async def asker() -> list[float]:
        outcomes = []
        for article in left:
            started = time.perf_counter()
            [outcome] = await rung.answer([article])
            outcomes.append((outcome, time.perf_counter() - started))
        # All began at the same moment: the first answers tell of that, and of new connections.
        known = [(o, taken) for o, taken in outcomes if isinstance(o, AnalyzedNewsArticle)]
        return [_added(o, taken) for o, taken in known[WARM:]]

    return [ms for part in await asyncio.gather(*(asker() for _ in range(at_once))) for ms in part]


def _added(outcome: AnalyzedNewsArticle, taken: float) -> float:
    return 1000 * (taken - float(outcome.analysis.model.version))


def _article(number: int) -> Article:
    article = prepared(RawNewsArticle(title=f"News {number}", content=BODY), datetime.now(UTC))
    assert not isinstance(article, Rejection)
    return article


if __name__ == "__main__":
    gc.set_threshold(500_000, 20, 100)  # as a worker does
    uvloop.run(main(int(sys.argv[1]), int(sys.argv[2])))
