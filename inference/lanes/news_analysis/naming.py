"""The names that NewsAPI, EventRegistry, GDELT, schema.org, RSS and Atom have for our fields."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

Given = Mapping[str, Any]

# Our own name is looked for first, then these in this order; the first that holds anything wins.
NAMES: Mapping[str, tuple[str, ...]] = {
    "article_id": ("@id", "uri", "guid", "id"),
    "url": ("link", "mainEntityOfPage"),
    "source_url": ("url_mobile",),
    "title": ("headline",),
    "summary": ("description", "abstract"),
    "content": ("articleBody", "body", "content:encoded", "content_text", "content_html"),
    "source": ("publisher", "domain"),
    "authors": ("author", "creator", "dc:creator", "byline"),
    "published_at": (
        *("datePublished", "publishedAt", "dateTimePub", "dateTime", "seendate"),
        *("pubDate", "published", "date_published", "dc:date", "updated"),
    ),
    "fetched_at": ("dateTime",),
    "language": ("inLanguage", "lang", "dc:language", "xml:lang"),
    "category": ("articleSection", "categories"),
    "tags": ("keywords", "concepts", "categories"),
    "image_url": ("image", "urlToImage", "socialimage", "enclosure"),
    "country": ("sourcecountry",),
    "raw": (),
    "deduplicate": (),
}
MOST_LISTED = {"authors": 50, "tags": 100}
MOST_SUMMARY = 2_000
# Under which of its names an object holds what is meant, for addresses and for anything else.
_ADDRESSES = ("url", "href", "@id", "src")
_WORDS = ("name", "label", "title", "value", "#text", "eng", "kor", "@id", "uri", "href")


def renamed(given: Given) -> dict[str, Any]:
    """The same article under our names; what is null or blank counts as missing."""
    found = {ours: _first(given, (ours, *theirs)) for ours, theirs in NAMES.items()}
    shaped = {name: _shaped(name, value) for name, value in found.items() if value is not None}
    return _summarised({name: value for name, value in shaped.items() if value is not None})


def _first(given: Given, names: tuple[str, ...]) -> Any:  # noqa: ANN401 - JSON
    values = (given.get(name) for name in names)
    return next((value for value in values if value not in (None, "", [], {})), None)


def _shaped(name: str, value: object) -> object:
    if name in {"raw", "deduplicate"}:
        return value
    if name == "source":
        return _source(value)
    if name in MOST_LISTED:
        return list(islice(_listed(name, value), MOST_LISTED[name]))
    return _address(value) if name.endswith("url") else _inner(value, _WORDS)


def _source(value: object) -> object:
    """A name, a domain (it has dots and no spaces), or an object that has either."""
    if isinstance(value, str):
        return {"name": value, "domain": value if "." in value and " " not in value else None}
    if not isinstance(value, Mapping):
        return value
    domain = _first(value, ("domain", "uri", "url"))
    named = {"id": value.get("id"), "name": _first(value, ("name", "title")), "domain": domain}
    return {key: it for key, it in named.items() if it is not None}


def _listed(name: str, value: object) -> Iterator[object]:
    """Tags in one string stand between commas; authors do not, for a name may have one."""
    if isinstance(value, str) and name == "tags":
        value = [part.strip() for part in value.split(",")]
    for one in value if isinstance(value, list) else [value]:
        if one not in (None, "", {}):
            yield _inner(one, _WORDS)


def _address(value: object) -> object:
    """A picture that is written out as its own address is no address."""
    found = _inner(value, _ADDRESSES)
    return None if isinstance(found, str) and found[:5].lower() == "data:" else found


def _inner(value: object, names: tuple[str, ...]) -> object:
    """What is wrapped in an object or a list, unwrapped; anything else as it is."""
    if isinstance(value, list) and value:
        return _inner(value[0], names)
    if isinstance(value, Mapping):
        inner = _first(value, names)
        return value if inner is None else _inner(inner, names)
    return value


def _summarised(fields: dict[str, Any]) -> dict[str, Any]:
    """Many feeds give the whole article as its description: too long for one, it is the content."""
    summary = fields.get("summary")
    if not isinstance(summary, str) or len(summary) <= MOST_SUMMARY:
        return fields
    return {"content": summary, **fields, "summary": None}
