"""Analysed articles as workers write them, and figures counted by hand to hold others against."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Connection, select

from consumer import records
from consumer.counting import Counting
from consumer.store import writing
from consumer.store.rows import ResultRow, Written
from consumer.store.schema import FIGURES, RESULTS
from consumer.store.store import Store
from inference.contract import Arrival, Level, RequestRef, Result
from inference.lanes.news_analysis import figures
from inference.lanes.news_analysis.contract import (
    Analyser,
    AnalysisResult,
    AnalyzedNewsArticle,
    ArticleRef,
    Category,
    NewsSource,
    SentimentType,
)

LANE = "news-analysis"
HOUR_MS = 3_600_000
KEPT = Counting({LANE: figures.FIGURES})
NOW = datetime(2026, 3, 4, 12, 0, 30, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
Numbers = dict[tuple[str, int, str], tuple[int, int]]


def result(
    name: str,
    keywords: Sequence[str] = ("chips",),
    score: float = 0.25,
    ago: timedelta | None = timedelta(0),
    level: Level = Level.FULL,
) -> Result[AnalyzedNewsArticle]:
    """The answer to a question; of an article published so long before NOW.

    The first word of its name is that of its source.
    """
    published = None if ago is None else NOW - ago
    source = NewsSource(name=name.partition(" ")[0])
    article = ArticleRef(id=name, url=None, title=name, published_at=published, source=source)
    answer = AnalyzedNewsArticle(
        article=article, analysis=_analysis(keywords, score), content_hash="", processed_at=NOW
    )
    return Result(
        id=f"answer-to-{name}",
        lane=LANE,
        version=1,
        request=RequestRef(id=name, source="/t", topic="t", partition=0, offset=0, time=NOW),
        answered_by=level,
        degraded=level is not Level.FULL,
        stages={},
        answer=answer,
    )


def row(found: Result[AnalyzedNewsArticle], at: int = NOW_MS) -> ResultRow:
    """What is kept of it."""
    arrival = Arrival("results", 0, 0, at, None, found.model_dump_json().encode(), [])
    kept = records.result(arrival)
    assert isinstance(kept, ResultRow), kept
    return kept


async def write(store: Store, rows: Sequence[ResultRow], now: int = NOW_MS) -> Written:
    """Into the store, as if it were that time."""
    return await store.change(partial(writing.write, rows=rows, now=now, kept=store.kept))


async def kept_numbers(store: Store) -> Numbers:
    """What the store has counted."""
    statement = select(FIGURES).where((FIGURES.c.times != 0) | (FIGURES.c.total != 0))
    found = await store.ask(lambda connection: connection.execute(statement).all())
    return {(r.figure, r.bucket, r.key): (r.times, r.total) for r in found}


async def counted_anew(store: Store, now: int = NOW_MS) -> Numbers:
    """What comes of counting the rows that there are."""
    return numbers(await store.ask(_documents), now)


def numbers(documents: Iterable[str], now: int = NOW_MS) -> Numbers:
    """The same, by hand and with one addition after the other."""
    sums: dict[tuple[str, int, str], list[int]] = defaultdict(lambda: [0, 0])
    for document in documents:
        found = Result[AnalyzedNewsArticle].model_validate_json(document)
        for added in figures.additions(found):
            moment = int(added.at.timestamp()) * 1000
            bucket = moment - moment % 60_000
            if now - 47 * HOUR_MS <= bucket <= now + 48 * HOUR_MS:
                entry = sums[added.figure, bucket, added.key]
                entry[0] += 1
                entry[1] += round(added.amount * 1_000_000)
    return {at: (times, total) for at, (times, total) in sums.items()}


def _documents(connection: Connection) -> Sequence[str]:
    return connection.scalars(select(RESULTS.c.document)).all()


def _analysis(keywords: Sequence[str], score: float) -> AnalysisResult:
    return AnalysisResult(
        sentiment=SentimentType.NEUTRAL,
        sentiment_score=score,
        summary="",
        keywords=list(keywords),
        category=Category.OTHER,
        language="en",
        model=Analyser(provider="local", name="tests", version="1"),
    )
