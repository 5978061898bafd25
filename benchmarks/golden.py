"""What the local rung of the news lane is worth: how often it is right, and how fast it is.

The 60 articles in `articles/` were written for this, with the sign that a reader should give them,
and split by a rule (language and sign, then digest of the text, in turns) before any word list
was written. The lists and the bounds were tuned on one half; the other one is only measured.
Whoever wrote the articles wrote the lists as well, and 30 articles are few: on other people's news
expect less. `python -m benchmarks.golden` needs no broker.
"""

import asyncio
import hashlib
import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

from benchmarks.table import Row, show
from inference.lanes.news_analysis.article import Article
from inference.lanes.news_analysis.contract import (
    AnalysisResult,
    AnalyzedNewsArticle,
    RawNewsArticle,
    SentimentType,
)
from inference.lanes.news_analysis.local.rung import LocalRung
from inference.lanes.news_analysis.preparation import prepared

ARTICLES = Path(__file__).parent / "articles"
TARGET, THREADS, TIMED, LONG = 0.80, 2, 600, 4
BOUNDS = {"en": 150.0, "ko": 80.0}
LANGUAGES = {"en": "English", "ko": "Korean"}


class Golden(NamedTuple):
    """An article, and how a reader would say that it is minded and what it is about."""

    article: Article
    sentiment: SentimentType
    category: str


async def tuning(_bootstrap: str = "") -> Row:
    """How often the sign is right on the half that was tuned on."""
    return await _accuracy("tuning")


async def frozen(_bootstrap: str = "") -> Row:
    """How often it is right on the half that was put away before the word lists were written."""
    said, _, digest = (ARTICLES / "frozen.sha256").read_text().partition("  ")
    assert hashlib.sha256((ARTICLES / digest.strip()).read_bytes()).hexdigest() == said
    return await _accuracy("frozen")


async def english(_bootstrap: str = "") -> Row:
    """Articles of the golden set per second."""
    return await _rate("en")


async def korean(_bootstrap: str = "") -> Row:
    """Articles of the golden set per second."""
    return await _rate("ko")


async def long_english(_bootstrap: str = "") -> Row:
    """The same, as long as an article in a newspaper."""
    return await _rate("en", bodies=LONG)


async def long_korean(_bootstrap: str = "") -> Row:
    """The same, as long as an article in a newspaper."""
    return await _rate("ko", bodies=LONG)


async def categories(_bootstrap: str = "") -> Row:
    """How often the category is the expected one, on both halves."""
    golden = [*_golden("tuning"), *_golden("frozen")]
    found = await _analysed(golden)
    right = sum(one.category == it.category for one, it in zip(golden, found, strict=True))
    (_, most), *_ = Counter(one.category for one in golden).most_common(1)
    return _share(
        "category right, both halves / always the same", right, len(golden), most
    )._replace(wanted=1)


def _golden(half: str) -> list[Golden]:
    lines = (ARTICLES / f"{half}.jsonl").read_text(encoding="utf-8").splitlines()
    return [_read(json.loads(line)) for line in lines]


def _read(fields: dict[str, str]) -> Golden:
    raw = RawNewsArticle.model_validate(
        {"title": fields["title"], "content": fields["body"], "language": fields["language"]}
    )
    article = prepared(raw, datetime.now(UTC))
    assert isinstance(article, Article)
    return Golden(article, SentimentType(fields["sentiment"]), fields["category"])


async def _analysed(golden: list[Golden]) -> list[AnalysisResult]:
    with ThreadPoolExecutor(THREADS) as threads:
        answers = await LocalRung(threads).answer([one.article for one in golden])
    assert all(isinstance(answer, AnalyzedNewsArticle) for answer in answers)
    return [answer.analysis for answer in answers if isinstance(answer, AnalyzedNewsArticle)]


async def _accuracy(half: str) -> Row:
    golden = _golden(half)
    found = await _analysed(golden)
    right = sum(one.sentiment is _sign(it) for one, it in zip(golden, found, strict=True))
    neutral = sum(one.sentiment is SentimentType.NEUTRAL for one in golden)
    return _share(f"sign right, {half} half / always neutral", right, len(golden), neutral)


def _sign(analysis: AnalysisResult) -> SentimentType:
    """Mixed counts as neither."""
    mixed = analysis.sentiment is SentimentType.MIXED
    return SentimentType.NEUTRAL if mixed else analysis.sentiment


def _share(what: str, right: int, of: int, plain: int) -> Row:
    ours, theirs = 100 * right / of, 100 * plain / of
    return Row(f"local rung, {what}", ours, theirs, ours / theirs, "%", 100 * TARGET / theirs)


async def _rate(language: str, bodies: int = 1) -> Row:
    halves = [*_golden("tuning"), *_golden("frozen")]
    spoken = [one.article for one in halves if one.article.language == language]
    articles = list(islice(cycle(_joined(spoken, bodies)), TIMED // bodies))
    with ThreadPoolExecutor(THREADS) as threads:
        rung = LocalRung(threads)
        await rung.answer(spoken[:THREADS])
        started = time.perf_counter()
        await rung.answer(articles)
        rate = len(articles) / (time.perf_counter() - started)
    length = sum(len(article.text) for article in articles) // len(articles)
    what = f"local rung, {LANGUAGES[language]}, {length} characters each / bound"
    return Row(what, rate, BOUNDS[language], rate / BOUNDS[language], "articles/s", 1)


def _joined(articles: list[Article], bodies: int) -> list[Article]:
    """Every article with the bodies of the next ones behind its own."""
    ring = [*articles, *articles]
    return [
        article._replace(body="\n\n".join(one.body for one in ring[place : place + bodies]))
        for place, article in enumerate(articles)
    ]


ALL = (tuning, frozen, categories, english, long_english, korean, long_korean)


async def main() -> None:
    """All of them."""
    show([await compare() for compare in ALL])


if __name__ == "__main__":
    asyncio.run(main())
