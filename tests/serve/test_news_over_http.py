"""POST /news/analyze, as a desk would call it."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from desks import Site, open_site

ARTICLE = {
    "title": "Ferry line adds evening crossings",
    "content": "<p>The harbour ferry will run until midnight from Monday, the operator said. "
    "Commuters welcomed the change.</p>",
    "source": {"name": "Harbour Daily"},
    "published_at": "2026-11-20T08:00:00Z",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site() -> AsyncIterator[Site]:
    async with open_site(serve_lanes=["news-analysis"]) as opened:
        yield opened


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_article_is_analysed(site: Site) -> None:
    answer = await site.client.post("/news/analyze", json=ARTICLE)
    said = answer.json()
    assert (answer.status_code, said["answered_by"], said["degraded"]) == (200, "basic", False)
    assert said["answer"]["analysis"]["sentiment"] == "positive"
    assert said["answer"]["article"]["title"] == ARTICLE["title"]


async def test_what_is_no_article_is_a_problem_that_does_not_quote_it(site: Site) -> None:
    answer = await site.client.post("/news/analyze", json={"content": "secret words"})
    assert answer.status_code == 422
    assert "title" in answer.json()["detail"]
    assert "secret" not in answer.text


async def test_articles_and_other_questions_share_a_batch_call(site: Site) -> None:
    items = [{"lane": "news-analysis", "text": json.dumps(ARTICLE)}]
    answer = await site.client.post("/inference/batch", json={"items": items})
    assert answer.json()["results"][0]["status"] == "answered", answer.text
