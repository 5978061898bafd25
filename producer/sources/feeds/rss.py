"""RSS 2.0 and its elders, and RSS 1.0, which is RDF."""

import re
from collections.abc import Iterator
from datetime import tzinfo
from xml.etree.ElementTree import Element

from producer.sources.article import Found, Origin
from producer.sources.dates import moment
from producer.sources.feeds.markup import inner

_ADDRESS = re.compile(r"\S+@\S+")
# Longer than any name; the search for addresses takes the square of it.
_LONG = 300


def read(root: Element, scope: str, zone: tzinfo | None) -> tuple[Origin, Iterator[Found]]:
    """Where the entries were found, and they themselves."""
    channel = root.find("channel")
    channel = root if channel is None else channel
    language = _text(channel, "language") or _text(channel, "dc|language")
    home = _text(channel, "link") or None
    origin = Origin(scope, _text(channel, "title") or None, home, language or None)
    # In RSS 1.0 the items stand beside their channel.
    return origin, (_found(item, zone) for item in root.iter("item"))


def _found(item: Element, zone: tzinfo | None) -> Found:
    own = _text(item, "guid") or item.get("rdf|about")
    return Found(
        title=_text(item, "title") or _text(item, "dc|title"),
        id=own or None,
        url=_text(item, "link") or _permanent(item),
        summary=_text(item, "description") or _text(item, "dc|description"),
        content=_text(item, "content|encoded"),
        authors=_authors(item),
        published=moment(_text(item, "pubDate") or _text(item, "dc|date"), zone),
        language=_text(item, "dc|language") or None,
        tags=[inner(tag) for tag in item.findall("category") + item.findall("dc|subject")],
        image=_image(item),
        publisher=_text(item, "source") or None,
    )


def _text(element: Element, name: str) -> str:
    return inner(element.find(name))


def _permanent(item: Element) -> str | None:
    """The id, where it says that it is the address, too; saying nothing means so."""
    guid = item.find("guid")
    if guid is None or guid.get("isPermaLink", "true").lower() != "true":
        return None
    return inner(guid)


def _authors(item: Element) -> list[str]:
    """Names; the mail addresses that RSS puts beside them are nobody's business here."""
    named = item.findall("dc|creator") + item.findall("author")
    return [_ADDRESS.sub("", inner(author)[:_LONG]).strip(" ()<>") for author in named]


def _image(item: Element) -> str | None:
    for name in ("media|content", "media|thumbnail", "enclosure"):
        for media in item.iter(name):
            if media.get("type", "image/").startswith("image/") and media.get("url"):
                return media.get("url")
    return None
