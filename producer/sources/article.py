"""An article as it was found, and the JSON document that lanes for news take.

Field names are those of `RawNewsArticle`, whose lane reads the document as it reads anybody's:
nothing here imports it, and a test holds the two together.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit
from uuid import UUID, uuid5

from inference.contract import Content

JSON = "application/json"
MOST_ID = 200
MOST_TITLE = 500
MOST_SUMMARY = 2_000
MOST_CONTENT = 50_000
MOST_URL = 2_000
_MOST_NAME, _MOST_NAMES = 100, 50
_NAMESPACE = UUID("8f0c1a52-3f4e-5d6b-9b1e-6a6f0f3c2d11")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,3}")


class Found(NamedTuple):
    """An article in a source's own words; texts may be HTML."""

    title: str
    id: str | None = None
    url: str | None = None
    summary: str = ""
    content: str = ""
    authors: Sequence[str] = ()
    published: datetime | None = None
    language: str | None = None
    tags: Sequence[str] = ()
    image: str | None = None
    publisher: str | None = None


class Origin(NamedTuple):
    """Where articles were found: `scope` is the source's own address, within which ids hold."""

    scope: str
    publisher: str | None = None
    home: str | None = None
    language: str | None = None


def identity(found: Found, origin: Origin) -> str:
    """The same for the same entry, however often it is found.

    An id that is an address holds for all feeds of a host, so that a section's feed and the front
    page's give an article once; any other id holds for its own feed only. So no publisher can
    speak for an entry of another one's.
    """
    own = found.id or found.url or f"{found.title}\n{found.published}"
    scope = urlsplit(origin.scope).hostname if is_address(own) else None
    return stable_id(scope or origin.scope, own)


def stable_id(*parts: str) -> str:
    """An event's id that depends on these texts and on nothing else."""
    return str(uuid5(_NAMESPACE, "\n".join(parts).encode("utf-8", "replace").decode()))


def document(found: Found, origin: Origin, fetched: datetime | None = None) -> Content:
    """The article as JSON; what it lacks is left out, what is too long is cut."""
    summary, content = _texts(found)
    url = absolute(found.url, origin.home or origin.scope)
    publisher = found.publisher or origin.publisher
    fields = {
        "article_id": found.id if found.id and len(found.id) <= MOST_ID else None,
        "url": url,
        "title": (found.title or _headline(summary or content))[:MOST_TITLE],
        "summary": summary,
        "content": content,
        "source": _filled({"name": (publisher or "")[:200], "domain": _domain(url, origin)}),
        "authors": _names(found.authors),
        "published_at": found.published and found.published.isoformat(),
        "fetched_at": fetched and fetched.isoformat(timespec="seconds"),
        "language": _language(found.language or origin.language),
        "tags": _names(found.tags),
        "image_url": absolute(found.image, origin.home or origin.scope),
        "source_url": origin.home if is_address(origin.home or "") else None,
    }
    text = json.dumps(_filled(fields), ensure_ascii=False)
    return Content(text.encode("utf-8", "replace"), JSON)


def absolute(url: str | None, start: str) -> str | None:
    """The address that a link means, where it means one."""
    try:
        whole = urljoin(start, (url or "").strip())
    except ValueError:
        return None
    return whole if url and is_address(whole) and len(whole) <= MOST_URL else None


def _filled(fields: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value}


def _texts(found: Found) -> tuple[str, str]:
    """Some feeds put the whole article where its summary belongs."""
    if not found.content and len(found.summary) > MOST_SUMMARY:
        return "", found.summary[:MOST_CONTENT]
    return found.summary[:MOST_SUMMARY], found.content[:MOST_CONTENT]


def _headline(text: str) -> str:
    """The beginning of the text, for entries that have no title."""
    plain = " ".join(_TAG.sub(" ", text).split())
    return plain if len(plain) <= 120 else f"{plain[:119]}…"  # noqa: PLR2004 - a line's length


def _names(names: Sequence[str]) -> list[str]:
    kept = (" ".join(name.split())[:_MOST_NAME] for name in names)
    return list(dict.fromkeys(name for name in kept if name))[:_MOST_NAMES]


def _language(text: str | None) -> str | None:
    found = _LANGUAGE.fullmatch((text or "").strip())
    return found[0].replace("_", "-") if found else None


def _domain(url: str | None, origin: Origin) -> str | None:
    for address in (origin.home, url, origin.scope):
        if address and is_address(address):
            return urlsplit(address).hostname
    return None


def is_address(text: str) -> bool:
    """Whether it is the whole address of a host, by http or https."""
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False
