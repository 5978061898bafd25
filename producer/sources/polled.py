"""The sources that somebody has named: feeds and searches, ready to be looked at."""

from collections.abc import Sequence

from inference.errors import Misconfigured
from producer.sources.feeds.lists import listed
from producer.sources.feeds.source import source
from producer.sources.fetching.client import Fetcher
from producer.sources.newsapi import search
from producer.sources.polling import Source
from producer.sources.settings import SourceSettings


def sources(
    feeds: Sequence[str], searches: Sequence[str], settings: SourceSettings
) -> list[Source]:
    """All of them; raises Misconfigured where one of the names makes no sense."""
    fetcher = Fetcher(settings)
    named: list[Source] = [
        *(source(feed, fetcher, settings.poll_interval) for feed in listed(feeds)),
        *(search(words, fetcher, settings) for words in searches),
    ]
    if not named:
        message = f"--feed {' '.join(feeds)} names no feed: write an address in each line"
        raise Misconfigured(message)
    return named
