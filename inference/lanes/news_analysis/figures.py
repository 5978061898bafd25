"""What analysed articles add up to: how many there are, of which source and with which keywords."""

from collections.abc import Iterator
from datetime import timedelta

from inference.contract import Result
from inference.figures import Addition, Figure, Figures, Rule
from inference.lanes.news_analysis.contract import AnalyzedNewsArticle, NewsSource

ARTICLES, SOURCES, KEYWORDS = "article", "source", "keyword"
UNKNOWN = "unknown"
MINUTE, KEPT = timedelta(minutes=1), timedelta(hours=48)


def additions(result: Result[AnalyzedNewsArticle]) -> Iterator[Addition]:
    """One article, one of its source and one of each keyword, when it was published."""
    article, analysis = result.answer.article, result.answer.analysis
    at = article.published_at or result.request.time
    score = analysis.sentiment_score
    yield Addition(ARTICLES, "", at, score)
    yield Addition(SOURCES, _named(article.source), at, score)
    for keyword in dict.fromkeys(analysis.keywords):
        yield Addition(KEYWORDS, keyword, at, score)


def _named(source: NewsSource) -> str:
    """What people call a source; where it has no name, where it is found."""
    named = source.name.strip()
    return named if named and named != UNKNOWN else source.domain or source.id or UNKNOWN


FIGURES = Figures(
    answer=AnalyzedNewsArticle,
    kept=[Figure(name, MINUTE, KEPT) for name in (ARTICLES, SOURCES, KEYWORDS)],
    additions=additions,
    bursts=Rule(figure=KEYWORDS, traffic=ARTICLES, topic="news.trends"),
)
