"""A feed that can be looked at again and again: at its address, or in its file."""

import asyncio
import re
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from producer.metrics import Fetch
from producer.sources import feeds
from producer.sources.article import Origin
from producer.sources.feeds.lists import Listed
from producer.sources.fetching.client import Fetched, Fetcher
from producer.sources.fetching.failures import Unread
from producer.sources.fetching.statuses import must_be_well
from producer.sources.polling import Answer, Source
from producer.sources.seen import Validators

_TAKES = "application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.1"
# What is sent back word for word must be fit for a header.
_FIT = re.compile(r"[\x20-\x7e]{1,1000}")


class WebFeed(NamedTuple):
    """A feed at its address."""

    feed: Listed
    fetcher: Fetcher
    interval: float

    @property
    def scope(self) -> str:
        """Its whole address."""
        return self.feed.url

    @property
    def name(self) -> str:
        """Its address without what may be a key."""
        return shown(self.feed.url)

    @property
    def host(self) -> str:
        """Its host."""
        return urlsplit(self.feed.url).hostname or self.feed.url

    async def ask(self, known: Validators) -> Answer:
        """Its entries, unless it is as it was; raises Unread."""
        fetched = await self.fetcher.fetch(self.feed.url, _headers(known))
        must_be_well(fetched)
        if fetched.status == HTTPStatus.NOT_MODIFIED:
            return Answer(Origin(self.scope), None, known)
        kind = fetched.headers.get("content-type", "")
        read = await asyncio.to_thread(feeds.read, fetched.body, self.scope, self.feed.zone, kind)
        return Answer(read.origin, read.found, _validators(fetched))


class FileFeed(NamedTuple):
    """A feed in a file, read anew each time."""

    feed: Listed
    path: Path
    interval: float

    @property
    def scope(self) -> str:
        """The file's name: its folder may be another one tomorrow."""
        return self.path.name

    @property
    def name(self) -> str:
        """The file's name."""
        return str(self.path)

    @property
    def host(self) -> str:
        """The file itself."""
        return str(self.path)

    async def ask(self, known: Validators) -> Answer:  # noqa: ARG002 - a file has nothing to be told
        """Its entries; raises Unread."""
        try:
            data = await asyncio.to_thread(self.path.read_bytes)
        except OSError as error:
            sentence = f"it cannot be read: {error.strerror}"
            raise Unread(Fetch.UNREACHABLE, sentence) from error
        read = await asyncio.to_thread(feeds.read, data, self.scope, self.feed.zone)
        return Answer(read.origin, read.found)


def source(feed: Listed, fetcher: Fetcher, interval: float) -> Source:
    """The feed as something to look at."""
    if feed.path is not None:
        return FileFeed(feed, feed.path, interval)
    return WebFeed(feed, fetcher, interval)


def shown(url: str) -> str:
    """An address as it may be shown: names, passwords and queries left out."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _headers(known: Validators) -> Mapping[str, str]:
    conditions = {"if-none-match": known.etag, "if-modified-since": known.modified}
    return {"accept": _TAKES} | {name: value for name, value in conditions.items() if value}


def _validators(fetched: Fetched) -> Validators:
    said = (fetched.headers.get(name, "") for name in ("etag", "last-modified"))
    return Validators(*(value if _FIT.fullmatch(value) else None for value in said))
