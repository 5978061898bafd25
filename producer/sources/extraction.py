"""The article on a page: what the page says about itself, and where most of its text stands."""

import json
import re
from collections.abc import Iterator, Mapping
from html import escape
from itertools import islice
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from producer.sources.article import Found
from producer.sources.dates import moment

_JUNK = [
    "script", "style", "noscript", "template", "iframe", "svg", "form", "nav", "header", "footer",
    "aside", "button", "figure",
]  # fmt: skip
_CONTAINERS = "article, main, section, div, td"
_TEXTS = frozenset({"p", "blockquote", "ul", "ol", "h2", "h3", "h4", "span", "b", "strong", "em"})
# Parsers open these anew in every block after the one in which they stay open, by the thousand.
_FORMATTING = re.compile(
    r"<(/?)(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])", re.IGNORECASE
)
_TAG = re.compile("<[A-Za-z]")
# Less text than this in one place is a teaser or a notice.
_LEAST = 200
MOST_ELEMENTS = 20_000


def article(page: str) -> Found:
    """What could be found out; what a page does not say stays empty."""
    parser = LexborHTMLParser(_bounded(page))
    said, meta = _said(parser), _meta(parser)
    found = Found(
        title=_text(said, "headline") or meta.get("og:title") or _first(parser, "h1, title"),
        url=_canonical(parser) or meta.get("og:url") or _text(said, "url") or None,
        summary=_text(said, "description") or _described(meta),
        authors=list(_names(said.get("author"))) or [meta.get("author", "")],
        published=moment(_text(said, "datePublished") or meta.get("article:published_time", "")),
        language=_text(said, "inLanguage") or _language(parser),
        tags=[tag for tag in meta.get("keywords", "").split(",") if tag.strip()],
        image=meta.get("og:image"),
        publisher=next(_names(said.get("publisher")), None) or meta.get("og:site_name"),
    )
    # Last, since it takes away what is not text.
    return found._replace(content=_body(parser) or escape(_text(said, "articleBody")))


def _bounded(page: str) -> str:
    """The parser's time grows with the square of how deep elements lie in one another.

    And its room with the product of formats and blocks: of formats, spans are made.
    """
    page = _FORMATTING.sub(r"<\1span", page)
    last = next(islice(_TAG.finditer(page), MOST_ELEMENTS, None), None)
    return page[: last.start()] if last else page


def _body(parser: LexborHTMLParser) -> str:
    """The part with most text of its own, as HTML: what is hidden in it is for the lane to see."""
    parser.strip_tags(_JUNK)
    parts = parser.css(_CONTAINERS) or ([parser.body] if parser.body else [])
    best = max(parts, key=_weight, default=None)
    return (best.html or "") if best is not None and _weight(best) >= _LEAST else ""


def _weight(part: LexborNode) -> int:
    """How much text is directly in it; what is linked elsewhere counts against it."""
    own = sum(_length(child) for child in part.iter(include_text=True) if _is_text(child))
    return own - 2 * sum(_length(child) for child in part.iter() if child.tag == "a")


def _is_text(node: LexborNode) -> bool:
    return node.is_text_node or node.tag in _TEXTS


def _length(node: LexborNode) -> int:
    return len((node.text() or "").strip())


def _said(parser: LexborHTMLParser) -> Mapping[str, Any]:
    """What the page says of its article as JSON-LD."""
    for script in parser.css('script[type="application/ld+json"]'):
        try:
            found = json.loads(script.text() or "")
        except (ValueError, RecursionError):
            continue
        for node in _nodes(found):
            if any(str(kind).endswith("Article") for kind in _each(node.get("@type"))):
                return node
    return {}


def _nodes(found: object) -> Iterator[dict[str, Any]]:
    """The objects of a document: one, some, or the nodes of a graph."""
    for node in _each(found):
        if isinstance(node, dict):
            yield node
            yield from (inside for inside in _each(node.get("@graph")) if isinstance(inside, dict))


def _each(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    return value.strip() if isinstance(value, str) else ""


def _names(said: object) -> Iterator[str]:
    for one in _each(said):
        name = one.get("name") if isinstance(one, dict) else one
        if isinstance(name, str) and name.strip():
            yield name


def _meta(parser: LexborHTMLParser) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in parser.css("meta[content]"):
        name = node.attributes.get("property") or node.attributes.get("name") or ""
        found.setdefault(name.lower(), (node.attributes.get("content") or "").strip())
    return found


def _described(meta: Mapping[str, str]) -> str:
    return escape(meta.get("og:description") or meta.get("description") or "", quote=False)


def _canonical(parser: LexborHTMLParser) -> str | None:
    link = parser.css_first('link[rel="canonical"]')
    return link.attributes.get("href") if link else None


def _first(parser: LexborHTMLParser, selector: str) -> str:
    node = parser.css_first(selector)
    return " ".join((node.text() or "").split()) if node else ""


def _language(parser: LexborHTMLParser) -> str | None:
    root = parser.root
    return root.attributes.get("lang") if root else None
