"""Feeds: what is in one, in whichever dialect, and which ones to look at."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import NamedTuple
from xml.etree.ElementTree import Element

from producer.metrics import Fetch
from producer.sources.article import Found, Origin
from producer.sources.feeds import atom, rss
from producer.sources.feeds.markup import tree
from producer.sources.fetching.failures import Unread

# Less than are remembered of a feed, so that a feed cannot push out its own entries.
MOST_ENTRIES = 1_000


class Feed(NamedTuple):
    """What a feed holds at the moment."""

    origin: Origin
    found: Sequence[Found]


def read(data: bytes, scope: str, zone: tzinfo | None = None, content_type: str = "") -> Feed:
    """The entries of an RSS 2.0, RSS 1.0 or Atom document, at most 1,000; raises Unread."""
    return of(tree(data, content_type), scope, zone)


def of(root: Element, scope: str, zone: tzinfo | None = None) -> Feed:
    """The same of a document that is a tree already."""
    match root.tag:
        case "rss" | "rdf|RDF":
            origin, found = rss.read(root, scope, zone)
        case "atom|feed":
            origin, found = atom.read(root, scope, zone)
        case _:
            raise Unread(Fetch.UNREADABLE, "it is neither RSS nor Atom")
    entries = (entry for entry in found if entry.title or entry.summary or entry.content)
    return Feed(origin, [entry for entry, _ in zip(entries, range(MOST_ENTRIES), strict=False)])
