"""What a browser shows of a page: its text, without the elements that are hidden from readers."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode


def _names(written: str) -> frozenset[str]:
    return frozenset(written.split())


# Their text is the page's text.
ELEMENTS = _names(
    "a abbr acronym address applet area article aside b base basefont bdi bdo big blink blockquote "
    "body br caption center cite code col colgroup data dd del details dfn dir div dl dt em "
    "fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 header hgroup hr html i img "
    "image input ins kbd label legend li link main map mark marquee menu meta nav nobr ol output p "
    "picture pre q rb rp rt rtc ruby s samp search section small source span strike strong sub "
    "summary sup table tbody td tfoot th thead time tr track tt u ul var wbr"
)
# They go with all that is in them: it is no text, or none that is shown.
DROPPED = _names(
    "audio button canvas datalist dialog embed frame frameset head iframe isindex math meter "
    "noembed noframes noscript object optgroup option param plaintext progress script select style "
    "svg template textarea title video xmp"
)
_BLOCKS = _names(
    "address article aside blockquote br caption center dd details dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr legend li main menu nav ol p pre "
    "section summary table tbody td tfoot th thead tr ul"
)
# By the names that the common style sheets have for what only screen readers are told.
_HIDDEN_CLASSES = {"sr-only", "visually-hidden", "screen-reader-text", "hidden", "d-none"}
_HIDING = re.compile(
    r"(?:^|;)(?:display:none|visibility:(?:hidden|collapse)|content-visibility:hidden"
    r"|opacity:(?:0++(?:\.0*+)?|\.0++)(?![\d.])|font-size:0*(?:\.\d+|[01])?(?:px|pt|em|rem|%)?(?![\d.a-z%])"
    r"|(?:-webkit-text-fill-)?color:(?:transparent|rgba\(\d+,\d+,\d+,0?\.?0+\))"
    r"|clip(?:-path)?:(?:rect|inset|circle\(0)|transform:(?:scale\(0[,)]|translate\w*\(-\d{3,})"
    r"|(?:left|right|top|bottom|text-indent|margin(?:-left|-top)?):-\d{3,}"
    r"|(?:max-)?(?:height|width):[01]?(?:px)?(?![\d.a-z%]))"
)


def seen(page: str) -> str:
    """Its text in reading order, blocks in lines of their own."""
    body = LexborHTMLParser(page).body
    return "".join(_told(body)) if body else ""


def _told(body: LexborNode) -> Iterator[str]:
    """With a stack of its own: elements may lie deeper in one another than calls can."""
    left: list[LexborNode | str] = [body]
    while left:
        node = left.pop()
        if isinstance(node, str):
            yield node
        elif node.is_text_node:
            yield node.text_content or ""
        elif not _hidden(node):
            apart = ["\n"] if node.tag in _BLOCKS else []
            left += [*apart, *reversed(list(node.iter(include_text=True))), *apart]


def _hidden(node: LexborNode) -> bool:
    said = node.attributes
    if "hidden" in said or said.get("aria-hidden") == "true":
        return True
    if not _HIDDEN_CLASSES.isdisjoint((said.get("class") or "").split()):
        return True
    return _HIDING.search("".join((said.get("style") or "").lower().split())) is not None
