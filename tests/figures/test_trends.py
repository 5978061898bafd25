"""GET /news/trends over both stores: what was written about when, and how."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from analysed import KEPT, NOW, result, row
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from consumer.api import create_api
from consumer.condition import Condition
from consumer.store.store import Store
from inference import lanes
from inference.figures import Total
from inference.kafka import KafkaSettings, Topics
from inference.lanes.news_analysis import views
from inference.lanes.news_analysis.views import Trending
from inference.web.guard.guard import Guard
from inference.web.guard.settings import GuardSettings

NOBODY = KafkaSettings(bootstrap_servers="127.0.0.1:1")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def app(store: Store) -> FastAPI:
    return create_api(store, Condition(60), NOBODY, Topics(), Guard(GuardSettings(), "127.0.0.1"))


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(transport=ASGITransport(app), base_url="http://localhost") as client:
        yield client


async def publish(
    store: Store, name: str, keywords: Sequence[str], score: float, ago: timedelta
) -> None:
    """An article that was published so long before now."""
    since = NOW - datetime.now(UTC)
    await store.write([row(result(name, keywords, score, since + ago))])


async def asked(http: AsyncClient, **query: object) -> list[dict[str, Any]]:
    answer = await http.get("/news/trends", params={k: str(v) for k, v in query.items()})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["windows"]
    return found


async def three_articles(store: Store) -> None:
    await publish(store, "Daily a", ["chips", "rates"], 0.5, MINUTE)
    await publish(store, "Daily b", ["chips"], -0.1, 30 * MINUTE)
    await publish(store, "Evening c", ["반도체", "rates"], -0.9, 20 * 60 * MINUTE)


async def test_each_window_has_what_was_published_in_it(http: AsyncClient, store: Store) -> None:
    await three_articles(store)
    windows = await asked(http)

    assert [it["window"] for it in windows] == ["5m", "1h", "24h"]
    assert [(it["articles"], it["sentiment"]) for it in windows] == [
        (1, 0.5),
        (2, 0.2),
        (3, -0.1667),
    ]
    assert [[it["key"] for it in window["keywords"]] for window in windows] == [
        ["chips", "rates"],
        ["chips", "rates"],
        ["chips", "rates", "반도체"],
    ]


async def test_a_source_and_a_keyword_have_their_count_and_mean(
    http: AsyncClient, store: Store
) -> None:
    await three_articles(store)
    (day,) = await asked(http, window="24h")

    assert day["sources"] == [
        {"key": "Daily", "count": 2, "sentiment": 0.2},
        {"key": "Evening", "count": 1, "sentiment": -0.9},
    ]
    assert day["keywords"][0] == {"key": "chips", "count": 2, "sentiment": 0.2}


async def test_a_late_article_counts_where_it_belongs(http: AsyncClient, store: Store) -> None:
    await publish(store, "Daily late", ["chips"], 0.0, 40 * MINUTE)
    windows = await asked(http)

    assert [it["articles"] for it in windows] == [0, 1, 1]
    assert windows[0]["sentiment"] == 0


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ({"key": "rates"}, ["rates"]),
        ({"contains": "반도"}, ["반도체"]),
        ({"contains": "%"}, []),
        ({"least": 2}, ["chips", "rates"]),
        ({"limit": 1}, ["chips"]),
        ({"sort": "positive"}, ["chips", "rates", "반도체"]),
        ({"sort": "negative"}, ["반도체", "rates", "chips"]),
        ({"sort": "key"}, ["chips", "rates", "반도체"]),
        ({"key": "nothing"}, []),
    ],
)
async def test_keywords_are_filtered_sorted_and_cut(
    http: AsyncClient, store: Store, query: dict[str, object], keys: list[str]
) -> None:
    await three_articles(store)
    (day,) = await asked(http, window="24h", by="keyword", **query)

    assert [it["key"] for it in day["keywords"]] == keys
    assert day["sources"] is None


async def test_windows_may_end_in_the_past(http: AsyncClient, store: Store) -> None:
    await three_articles(store)
    then = (datetime.now(UTC) - 25 * MINUTE).isoformat()
    (five_minutes, hour) = await asked(http, window="5m", until=then) + await asked(
        http, window="1h", until=then
    )

    assert (five_minutes["articles"], hour["articles"]) == (0, 1)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"until": "2020-01-01T00:00:00Z"}, "23 hours"),
        ({"until": "9999-12-31T23:59:30-12:00"}, "48 hours ahead"),
        ({"until": "2026-01-01T00:00:00"}, "form"),
        ({"window": "2h"}, "form"),
        ({"limit": "0"}, "form"),
        ({"least": "9" * 30}, "form"),
        ({"windows": "5m"}, "form"),
    ],
)
async def test_a_question_that_makes_no_sense_is_told_why(
    http: AsyncClient, query: dict[str, str], said: str
) -> None:
    answer = await http.get("/news/trends", params=query)

    assert (answer.status_code, said in answer.json()["detail"]) == (422, True)


def test_a_view_is_described_and_asks_for_the_scope_to_read(app: FastAPI) -> None:
    described = app.openapi()["paths"]["/news/trends"]["get"]

    assert described["description"].startswith("Count articles")
    assert {it["name"] for it in described["parameters"]} == set(Trending.model_fields)
    assert described["tags"] == ["news-analysis"]
    assert described["security"] == [{"APIKeyHeader": ["read"]}]


def test_figures_and_views_of_a_lane_are_found_by_its_name() -> None:
    assert lanes.figures("news-analysis") is KEPT.lanes["news-analysis"]
    assert [view.path for view in lanes.views("news-analysis")] == ["/news/trends"]
    assert (lanes.figures("echo"), lanes.views("echo"), lanes.figures("none")) == (None, (), None)


def test_the_view_is_pure_and_keeps_the_minute_that_has_begun() -> None:
    asked = Trending(window=[views.Window.FIVE_MINUTES], by=[])
    (reading,) = views.readings(asked, NOW).values()
    shown = views.show(asked, NOW, {"5m article": [Total("", 4, 1.0)]}).windows[0]

    assert (reading.since, reading.until) == (shown.since, shown.until)
    assert shown.until == NOW.replace(second=0) + MINUTE
    assert (shown.articles, shown.sentiment) == (4, 0.25)
