"""Makes articles of what was sent: plain text, language, identity, and a flag on instructions."""

import asyncio
import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from inference.contract import Reason, Rejection
from inference.lanes.news_analysis import urls
from inference.lanes.news_analysis.article import Article
from inference.lanes.news_analysis.contract import (
    MOST_CONTENT,
    ArticleRef,
    NewsSource,
    RawNewsArticle,
)
from inference.lanes.news_analysis.detection import language
from inference.lanes.news_analysis.hygiene import cut, line
from inference.lanes.news_analysis.markup import plain
from inference.lanes.news_analysis.naming import MOST_SUMMARY
from inference.lanes.news_analysis.suspicion import suspicious

STAGE = "prepare"
MOST_TITLE = 500
MOST_NAME = 200
# With all the markup that a name can have; time grows with the square of how deep that is nested.
_LOOKED_AT = 20 * MOST_NAME
TOO_FAR = timedelta(hours=24)
NO_ADDRESS = "the article's url is no http or https address; it was left out"
FROM_THE_FUTURE = "published_at lies more than 24 hours ahead; the present was put in its place"
CUT = "the text was cut at {most} characters"
# NewsAPI gives the beginning of an article, and how much it keeps back.
_REST = re.compile(r"\s*(?:\u2026|\.{3})?\s*\[\+\d+ chars\]$")
_NO_TITLE = Rejection(Reason.REFUSED, STAGE, "title: has no text that a reader would see")


async def prepare(articles: Sequence[RawNewsArticle]) -> list[Article | Rejection]:
    """One outcome per article, in order."""
    now = datetime.now(UTC)
    return await asyncio.to_thread(lambda: [prepared(article, now) for article in articles])


def warm_up() -> None:
    """Loads what the first article would wait for."""
    language("Nothing has happened yet today", None)
    suspicious("Nothing")


def prepared(article: RawNewsArticle, now: datetime) -> Article | Rejection:
    """The article that rungs are asked about; preparing its `raw` again changes nothing."""
    title = cut(line(plain(article.title)), MOST_TITLE)
    if not title:
        return _NO_TITLE
    warnings: list[str] = []
    raw = _cleaned(article, title, now, warnings)
    body = max(raw.content or "", raw.summary or "", key=len)
    text = f"{title}\n\n{body}"
    named = raw.model_copy(update={"article_id": _identity(article, raw, text)})
    return Article(
        raw=named,
        ref=_reference(named),
        title=title,
        body=body,
        language=language(text, raw.language),
        warnings=tuple(warnings),
        flagged=suspicious(text, *_changed(article, text)),
        content_hash=_hash(text),
    )


def _cleaned(
    article: RawNewsArticle, title: str, now: datetime, warnings: list[str]
) -> RawNewsArticle:
    url = urls.canonical(article.url) if article.url else None
    if article.url and url is None:
        warnings.append(NO_ADDRESS)
    return article.model_copy(
        update={
            "title": title,
            "url": url,
            "source_url": article.source_url and urls.canonical(article.source_url),
            "image_url": article.image_url and urls.canonical(article.image_url),
            "summary": _text(article.summary, MOST_SUMMARY, warnings),
            "content": _text(article.content, MOST_CONTENT, warnings),
            "source": _source(article.source, url),
            "authors": _names(article.authors),
            "tags": _names(article.tags),
            "category": (article.category and _name(article.category)) or None,
            "country": (article.country and _name(article.country)) or None,
            "published_at": _published(article.published_at, now, warnings),
            "fetched_at": article.fetched_at or now,
        }
    )


def _changed(sent: RawNewsArticle, text: str) -> list[str]:
    """What was sent, where it is not what is read: orders are hidden in comments and tags."""
    given = (sent.title, sent.summary, sent.content)
    return [it for it in given if it is not None and it not in text]


def _text(given: str | None, most: int, warnings: list[str]) -> str | None:
    """Entities and compositions may make a text longer than it was."""
    if given is None:
        return None
    found = _REST.sub("", plain(given))
    if len(found) > most:
        warnings.append(CUT.format(most=most))
    return cut(found, most) or None


def _published(given: datetime | None, now: datetime, warnings: list[str]) -> datetime | None:
    if given is None or given <= now + TOO_FAR:
        return given
    warnings.append(FROM_THE_FUTURE)
    return now


def _source(source: NewsSource, url: str | None) -> NewsSource:
    """What an article's address says of its source, where the source says nothing."""
    domain = _domain(source.domain) or (urls.host(url) if url else None)
    name = _name(source.name)
    if name in {"", "unknown"} and domain:
        name = cut(domain, MOST_NAME)
    return NewsSource(
        id=(source.id and cut(line(source.id), MOST_NAME)) or None,
        name=name or "unknown",
        domain=domain,
    )


def _domain(given: str | None) -> str | None:
    """Some sources give an address for it."""
    if not given or "." not in given or " " in given.strip():
        return None
    found = urls.canonical(given if "://" in given else f"http://{given}")
    return urls.host(found) if found else None


def _names(given: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(name for name in map(_name, given) if name))


def _name(given: str) -> str:
    return cut(line(plain(given[:_LOOKED_AT])), MOST_NAME)


def _reference(raw: RawNewsArticle) -> ArticleRef:
    return ArticleRef(
        id=raw.article_id or "",
        url=raw.url,
        title=raw.title,
        published_at=raw.published_at,
        source=raw.source,
    )


def _identity(sent: RawNewsArticle, raw: RawNewsArticle, text: str) -> str:
    """Its address; without one source, title and date as it was sent, or else the text."""
    given = sent.article_id and cut(line(sent.article_id), MOST_NAME)
    date = sent.published_at.isoformat() if sent.published_at else text
    return given or _hash(raw.url or f"{raw.source.name}\n{raw.title}\n{date}")[:32]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
