"""Searches at NewsAPI.org, or at what speaks like it."""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from inference.errors import Misconfigured
from producer.metrics import Fetch
from producer.sources.article import Found, Origin, is_address
from producer.sources.dates import moment
from producer.sources.fetching.client import Fetched, Fetcher
from producer.sources.fetching.failures import Unread
from producer.sources.fetching.statuses import must_be_well
from producer.sources.polling import Answer
from producer.sources.seen import Validators
from producer.sources.settings import SourceSettings

_MOST = 100
# Parameters that only one of its two ways knows.
_HEADLINES = frozenset({"country", "category"})
_CODE = re.compile(r"[A-Za-z]{1,40}")
# What it puts at the end of a content that it has cut off, and in place of an article taken back.
_CUT = re.compile(r"\d{1,9} chars\]\s*")
_REMOVED = "[Removed]"


class Search(NamedTuple):
    """One search that can be asked again and again."""

    asked: str
    fetcher: Fetcher
    settings: SourceSettings

    @property
    def scope(self) -> str:
        """The search and where it is asked; never the key."""
        return f"{self._place}?{self.asked}"

    @property
    def name(self) -> str:
        """The search in its own words."""
        return f"newsapi {self.asked}"

    @property
    def host(self) -> str:
        """Where it is asked."""
        return urlsplit(self.settings.newsapi_url).hostname or self.settings.newsapi_url

    @property
    def interval(self) -> float:
        """Searches are counted by the day, so they have a pace of their own."""
        return self.settings.newsapi_interval

    async def ask(self, known: Validators) -> Answer:  # noqa: ARG002 - it knows no conditions
        """The newest articles, at most 100; raises Unread."""
        # A redirect would carry the key to whoever it names: none is followed.
        fetched = await self.fetcher.fetch(self.scope, self._key(), redirects=0)
        found = await asyncio.to_thread(_articles, fetched)
        return Answer(Origin(self._place), found)

    @property
    def _place(self) -> str:
        names = {name for name, _ in parse_qsl(self.asked)}
        way = "top-headlines" if names & _HEADLINES else "everything"
        return f"{self.settings.newsapi_url.rstrip('/')}/{way}"

    def _key(self) -> Mapping[str, str]:
        assert self.settings.newsapi_key is not None
        return {"x-api-key": self.settings.newsapi_key.get_secret_value()}


def search(words: str, fetcher: Fetcher, settings: SourceSettings) -> Search:
    """A search for words, or with NewsAPI's own parameters: `q=chips&language=en`."""
    if not is_address(settings.newsapi_url):
        message = "NEWSAPI_URL is no address; write one such as https://newsapi.org/v2"
        raise Misconfigured(message)
    if settings.newsapi_key is None:
        message = "NEWSAPI_KEY is not set: --newsapi needs a key, which newsapi.org gives"
        raise Misconfigured(message)
    parameters = dict(parse_qsl(words)) if "=" in words else {"q": words}
    if not parameters or "apikey" in {name.lower() for name in parameters}:
        message = "--newsapi takes words, or parameters such as q=chips&language=en, without a key"
        raise Misconfigured(message)
    return Search(urlencode({"pageSize": str(_MOST), **parameters}), fetcher, settings)


def _articles(fetched: Fetched) -> list[Found]:
    body = _parsed(fetched.body)
    if fetched.status == HTTPStatus.OK and body.get("status") == "ok":
        return [found for found in _found(body) if found.title and found.title != _REMOVED]
    code = body.get("code")
    if isinstance(code, str) and _CODE.fullmatch(code) and code != "rateLimited":
        raise Unread(Fetch.FAILED, f"NewsAPI says {code}")
    must_be_well(fetched)
    raise Unread(Fetch.UNREADABLE, "it is no answer of NewsAPI")


def _uncut(content: str) -> str:
    text, _, mark = content.rpartition("[+")
    return text.rstrip(" …") if _CUT.fullmatch(mark) else content


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _found(body: Mapping[str, Any]) -> Iterator[Found]:
    articles = body.get("articles")
    for article in articles[:_MOST] if isinstance(articles, list) else ():
        if not isinstance(article, dict):
            continue
        said = {name: value for name, value in article.items() if isinstance(value, str)}
        source = article.get("source")
        publisher = source.get("name") if isinstance(source, dict) else None
        yield Found(
            title=said.get("title", ""),
            id=said.get("url"),
            url=said.get("url"),
            summary=said.get("description", ""),
            content=_uncut(said.get("content", "")),
            authors=[said.get("author", "")],
            published=moment(said.get("publishedAt", "")),
            image=said.get("urlToImage"),
            publisher=publisher if isinstance(publisher, str) else None,
        )
