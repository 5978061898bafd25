"""What is written about now, and how: trends of sources and keywords in sliding windows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from inference.figures import Reading, Total, Totals, View
from inference.lanes.news_analysis.figures import ARTICLES, KEPT, KEYWORDS, MINUTE, SOURCES

_AT = datetime.fromisoformat("2026-01-31T09:00:00Z")


class Window(StrEnum):
    """How far a window goes back."""

    FIVE_MINUTES = "5m"
    HOUR = "1h"
    DAY = "24h"


class By(StrEnum):
    """What articles are counted by."""

    SOURCE = "source"
    KEYWORD = "keyword"


class Order(StrEnum):
    """What comes first."""

    COUNT = "count"
    POSITIVE = "positive"
    NEGATIVE = "negative"
    KEY = "key"


LENGTHS = {
    Window.FIVE_MINUTES: timedelta(minutes=5),
    Window.HOUR: timedelta(hours=1),
    Window.DAY: timedelta(hours=24),
}
FIGURES = {By.SOURCE: SOURCES, By.KEYWORD: KEYWORDS}
ORDERS: Mapping[Order, Callable[[Total], tuple[object, ...]]] = {
    Order.COUNT: lambda total: (-total.count, total.key),
    Order.POSITIVE: lambda total: (-total.mean, -total.count, total.key),
    Order.NEGATIVE: lambda total: (total.mean, -total.count, total.key),
    Order.KEY: lambda total: (total.key,),
}


class Trending(BaseModel):
    """Which trends are asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    window: list[Window] = Field(list(Window), description="Only these windows; may be repeated.")
    by: list[By] = Field(list(By), description="Only sources, or only keywords.")
    key: list[str] = Field([], max_length=100, description="Only these sources or keywords.")
    contains: str | None = Field(
        None, min_length=1, max_length=100, description="Only those with this in them."
    )
    least: int = Field(1, ge=1, le=10**9, description="Only those of at least so many articles.")
    sort: Order = Field(Order.COUNT, description="What comes first.")
    limit: int = Field(20, ge=1, le=500, description="At most so many of each.")
    until: AwareDatetime | None = Field(
        None, description="Where the windows end, at most 23 hours ago; by default now."
    )


class Trend(BaseModel):
    """A source or a keyword in one window."""

    key: str = Field(examples=["semiconductors"])
    count: int = Field(description="Articles.", examples=[42])
    sentiment: float = Field(description="Mean sentiment score, -1 to 1.", examples=[0.3125])


class WindowTrends(BaseModel):
    """One window: of articles published from `since` on and before `until`."""

    window: Window
    since: AwareDatetime = Field(examples=[_AT - LENGTHS[Window.HOUR]])
    until: AwareDatetime = Field(examples=[_AT])
    articles: int = Field(description="All articles in it.", examples=[1234])
    sentiment: float = Field(description="The mean of all of them.", examples=[0.0521])
    sources: list[Trend] | None = Field(None, description="Null where not asked for.")
    keywords: list[Trend] | None = Field(None, description="Null where not asked for.")


class Trends(BaseModel):
    """Trends by event time: a late article counts in the window in which it was published."""

    windows: list[WindowTrends]


def readings(asked: Trending, now: datetime) -> Mapping[str, Reading]:
    """All articles of each window, and the keys that are asked for."""
    return {name: reading for window in asked.window for name, reading in _of(asked, window, now)}


def show(asked: Trending, now: datetime, totals: Totals) -> Trends:
    """The windows that were asked for, in that order, each once."""
    return Trends(windows=[_shown(asked, w, now, totals) for w in dict.fromkeys(asked.window)])


def _of(asked: Trending, window: Window, now: datetime) -> Iterator[tuple[str, Reading]]:
    end = _end(asked, now)
    since = end - LENGTHS[window]
    yield f"{window} {ARTICLES}", Reading(ARTICLES, since, end)
    for by in asked.by:
        chosen = Reading(FIGURES[by], since, end, asked.key, asked.contains, asked.least)
        yield f"{window} {by}", chosen


def _shown(asked: Trending, window: Window, now: datetime, totals: Totals) -> WindowTrends:
    end = _end(asked, now)
    (every,) = totals[f"{window} {ARTICLES}"] or (Total("", 0, 0.0),)
    keys = {by: _trends(asked, totals[f"{window} {by}"]) for by in asked.by}
    return WindowTrends(
        window=window,
        since=end - LENGTHS[window],
        until=end,
        articles=every.count,
        sentiment=_rounded(every),
        sources=keys.get(By.SOURCE),
        keywords=keys.get(By.KEYWORD),
    )


def _trends(asked: Trending, totals: Sequence[Total]) -> list[Trend]:
    first = sorted(totals, key=ORDERS[asked.sort])[: asked.limit]
    return [Trend(key=it.key, count=it.count, sentiment=_rounded(it)) for it in first]


def _rounded(total: Total) -> float:
    return round(total.mean, 4)


def _end(asked: Trending, now: datetime) -> datetime:
    """The end of the minute that is asked for, so that what came in it is counted."""
    wanted = now if asked.until is None else asked.until
    # Before that, the longest window would reach back to buckets that are deleted already.
    if wanted < now - KEPT + LENGTHS[Window.DAY] + LENGTHS[Window.HOUR]:
        message = "until must not be more than 23 hours ago: figures are kept for 48 hours"
        raise ValueError(message)
    if wanted > now + KEPT:
        message = "until must not be more than 48 hours ahead: nothing is counted beyond that"
        raise ValueError(message)
    begun = wanted.astimezone(now.tzinfo)
    return begun - timedelta(seconds=begun.second, microseconds=begun.microsecond) + MINUTE


VIEWS = [
    View(
        path="/news/trends",
        sentence="Count articles and their mean sentiment, by source and by keyword.",
        question=Trending,
        document=Trends,
        readings=readings,
        show=show,
    )
]
