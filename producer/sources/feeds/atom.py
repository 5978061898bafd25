"""Atom 1.0, and the 0.3 that some servers still speak."""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from html import escape
from xml.etree.ElementTree import Element

from producer.sources.article import Found, Origin
from producer.sources.dates import moment
from producer.sources.feeds.markup import inner

LANGUAGE = "xml|lang"


def read(root: Element, scope: str, zone: tzinfo | None) -> tuple[Origin, Iterator[Found]]:
    """Where the entries were found, and they themselves."""
    origin = Origin(scope, _text(root, "title") or None, _link(root), root.get(LANGUAGE))
    return origin, (_found(entry, zone) for entry in root.findall("atom|entry"))


def _found(entry: Element, zone: tzinfo | None) -> Found:
    return Found(
        title=_text(entry, "title"),
        id=inner(entry.find("atom|id")) or None,
        url=_link(entry),
        summary=_text(entry, "summary"),
        content=_text(entry, "content"),
        authors=[inner(name) for name in entry.findall("atom|author/atom|name")],
        published=_published(entry, zone),
        language=entry.get(LANGUAGE),
        tags=[tag.get("term", "") for tag in entry.findall("atom|category")],
        image=_link(entry, "enclosure", "image/"),
        publisher=inner(entry.find("atom|source/atom|title")) or None,
    )


def _published(entry: Element, zone: tzinfo | None) -> datetime | None:
    names = ("published", "issued", "updated", "modified")
    moments = (moment(inner(entry.find(f"atom|{name}")), zone) for name in names)
    return next((found for found in moments if found is not None), None)


def _text(element: Element, name: str) -> str:
    """A text construct as HTML, whatever it is written as."""
    found = element.find(f"atom|{name}")
    if found is None:
        return ""
    kind = found.get("type", "text")
    if kind in {"text", "text/plain"} and not len(found):
        return escape(inner(found), quote=False)
    return inner(found)


def _link(element: Element, relation: str = "alternate", kind: str = "") -> str | None:
    for link in element.findall("atom|link"):
        if link.get("rel", "alternate") == relation and link.get("type", "").startswith(kind):
            return link.get("href")
    return None
