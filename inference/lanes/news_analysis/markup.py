"""Plain text from HTML: what a reader of the page would see, and nothing else."""

import html
import re

import nh3

from inference.lanes.news_analysis.hygiene import tidy
from inference.lanes.news_analysis.page import DROPPED, ELEMENTS, seen

# An honest text is clean after the first round; entities of entities take more.
ROUNDS = 4
_KEPT = {"style", "hidden", "class", "aria-hidden"}
# Of a title such as <Parasite>, or a speaker such as <앵커>, the brackets belong to the text.
_BRACKET = re.compile(
    rf"<(?!/?(?:{'|'.join(sorted(ELEMENTS | DROPPED))})(?=[\s/>])|/?[a-z][\w.]*[-:][\w.:-]*[\s/>]"
    r"|!--|!doctype|!\[cdata\[|\?xml|\?php)",
    re.IGNORECASE,
)
# Parsers open these anew in every block after the one in which they stay open: an article that has
# thousands takes gigabytes. A span says as much of a text, and ends where it is told to.
_FORMATTING = re.compile(
    r"<(/?)(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])", re.IGNORECASE
)
_AMPERSAND = re.compile(r"&(?!#\d{1,7};|#x[0-9a-f]{1,6};|[a-z][a-z0-9]{1,31};)", re.IGNORECASE)
_NESTED = re.compile(r"&(?:amp;)+", re.IGNORECASE)
_MARKUP = re.compile(r"<|&")
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>", re.IGNORECASE)
_IS_A_PAGE = re.compile(r"<(?:p|div|br|li|h[1-6]|table|section|article)\b", re.IGNORECASE)


def plain(text: str) -> str:
    """The text without markup, tidied; what is plain already stays as it is."""
    before = tidy(text)
    for _ in range(ROUNDS):
        found = _round(before)
        if found == before:
            return found
        before = found
    return tidy(_MARKUP.sub(" ", before))


def _round(text: str) -> str:
    """Entities may stand for markup, and what is taken away may have kept its pieces apart."""
    if _MARKUP.search(text) is None:
        return text
    spaced = " ".join(text.split()) if _IS_A_PAGE.search(text) else text
    unwrapped = _CDATA.sub("", spaced) if "<![" in spaced else spaced
    whole = _AMPERSAND.sub("&amp;", _NESTED.sub("&amp;", unwrapped))
    bracketed = _BRACKET.sub("&lt;", whole)
    return tidy(_stripped(bracketed) if "<" in bracketed else html.unescape(bracketed))


def _stripped(page: str) -> str:
    """Comments and scripts go first, and whatever parsers might see differently."""
    clean = nh3.clean(
        _FORMATTING.sub(r"<\1span", page),
        tags=set(ELEMENTS),
        clean_content_tags=set(DROPPED),
        attributes={"*": _KEPT},
        link_rel=None,
    )
    return seen(clean)
