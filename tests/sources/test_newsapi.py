import json
from collections.abc import Mapping

import pytest
from publisher_site import MakeSettings, Page, Site

from inference.errors import Misconfigured
from inference.lanes.news_analysis.contract import RawNewsArticle
from producer.metrics import Fetch
from producer.sources.article import document
from producer.sources.fetching.client import Fetcher
from producer.sources.fetching.failures import HostFailed, Unread
from producer.sources.newsapi import Search, search
from producer.sources.seen import Validators

KEY = "0123456789abcdef-secret"
EVERYTHING = "/v2/everything?pageSize=100&q=chips"
ARTICLE = {
    "source": {"id": "the-paper", "name": "The Paper"},
    "author": "Ann Writer",
    "title": "Chips rise",
    "description": "They rose.",
    "url": "https://paper.example/chips",
    "urlToImage": "https://paper.example/chips.jpg",
    "publishedAt": "2026-11-20T09:00:00Z",
    "content": "They rose and rose… [+1234 chars]",
}


def asking(publisher: Site, settings: MakeSettings, words: str = "chips") -> Search:
    own = settings(newsapi_key=KEY, newsapi_url=publisher.url("/v2/"))
    return search(words, Fetcher(own), own)


def answer(body: Mapping[str, object], status: int = 200) -> Page:
    return Page(json.dumps(body).encode(), status)


def error(code: str) -> Mapping[str, object]:
    return {"status": "error", "code": code, "message": f"a sentence with {KEY}"}


async def test_articles_are_found_in_the_words_of_the_contract(
    publisher: Site, settings: MakeSettings
) -> None:
    removed = {**ARTICLE, "title": "[Removed]"}
    publisher.pages[EVERYTHING] = answer({"status": "ok", "articles": [ARTICLE, removed]})
    found = await asking(publisher, settings).ask(Validators())
    assert found.found is not None
    [article] = found.found
    read = RawNewsArticle.model_validate_json(document(article, found.origin).data)
    assert (read.title, read.content) == ("Chips rise", "They rose and rose")
    assert (read.source.name, read.source.domain) == ("The Paper", "paper.example")
    assert (read.authors, read.url) == (["Ann Writer"], "https://paper.example/chips")
    assert str(read.published_at) == "2026-11-20 09:00:00+00:00"


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("삼성 실적", "/v2/everything?pageSize=100&q=%EC%82%BC%EC%84%B1+%EC%8B%A4%EC%A0%81"),
        ("q=a b&language=ko&pageSize=5", "/v2/everything?pageSize=5&q=a+b&language=ko"),
        (
            "country=us&category=business",
            "/v2/top-headlines?pageSize=100&country=us&category=business",
        ),
    ],
)
async def test_a_search_is_words_or_the_services_own_parameters(
    publisher: Site, settings: MakeSettings, words: str, path: str
) -> None:
    with pytest.raises(Unread):
        await asking(publisher, settings, words).ask(Validators())
    assert [asked for asked, _ in publisher.asked] == [path]


async def test_the_key_goes_in_its_header_and_nowhere_else(
    publisher: Site, settings: MakeSettings
) -> None:
    asked = asking(publisher, settings)
    with pytest.raises(Unread) as raised:
        await asked.ask(Validators())
    [(path, headers)] = publisher.asked
    assert headers["x-api-key"] == KEY
    for said in (path, asked.name, asked.scope, repr(asked), str(raised.value), repr(raised.value)):
        assert KEY not in said


async def test_no_redirect_carries_the_key_away(publisher: Site, settings: MakeSettings) -> None:
    publisher.pages[EVERYTHING] = Page(status=302, headers={"Location": "/elsewhere"})
    with pytest.raises(Unread, match="redirects more than 0 times"):
        await asking(publisher, settings).ask(Validators())
    assert len(publisher.asked) == 1


@pytest.mark.parametrize(
    ("page", "words", "host"),
    [
        (answer(error("apiKeyInvalid"), 401), "says apiKeyInvalid", False),
        (answer(error("rateLimited"), 429), "answered 429", True),
        (answer(error("bad code " * 9), 500), "answered 500", True),
        (Page(b"<html>", 503), "answered 503", True),
        (Page(b"[]"), "no answer of NewsAPI", False),
        (Page(b"[" * 100_000), "no answer of NewsAPI", False),
    ],
)
async def test_an_error_is_told_in_a_word_and_never_in_the_services_own_sentences(
    publisher: Site, settings: MakeSettings, page: Page, words: str, *, host: bool
) -> None:
    publisher.pages[EVERYTHING] = page
    with pytest.raises(Unread, match=words) as raised:
        await asking(publisher, settings).ask(Validators())
    assert isinstance(raised.value, HostFailed) is host
    assert raised.value.outcome in {Fetch.FAILED, Fetch.UNREADABLE}


async def test_odd_articles_do_not_spoil_the_others(
    publisher: Site, settings: MakeSettings
) -> None:
    odd = [None, 7, {}, {"title": None}, {**ARTICLE, "source": 7, "author": ["x"], "content": {}}]
    publisher.pages[EVERYTHING] = answer({"status": "ok", "articles": odd})
    found = await asking(publisher, settings).ask(Validators())
    assert [article.title for article in found.found or ()] == ["Chips rise"]


@pytest.mark.parametrize("words", ["q=a&apiKey=1", "=", "APIKEY=x"])
def test_a_key_does_not_belong_into_a_search(settings: MakeSettings, words: str) -> None:
    own = settings(newsapi_key=KEY)
    with pytest.raises(Misconfigured, match="without a key"):
        search(words, Fetcher(own), own)


def test_without_a_key_there_is_no_search(settings: MakeSettings) -> None:
    with pytest.raises(Misconfigured, match="NEWSAPI_KEY is not set"):
        search("chips", Fetcher(settings()), settings())
