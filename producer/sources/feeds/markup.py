"""XML from strangers as a tree: no DTD, no entities of its own, bounded in every direction.

The tree is built over expat's own events, since it is there that a declaration can be refused
before anything is made of it.
"""

import re
from html import escape
from html.entities import html5
from typing import NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from producer.metrics import Fetch
from producer.sources.encodings import XML, decoded
from producer.sources.fetching.failures import Unread

MOST_DEPTH = 100
MOST_ELEMENTS = 200_000
MOST_ATTRIBUTES = 64

_NAMESPACES = {
    "": "",
    "http://www.w3.org/2005/Atom": "atom|",
    "http://purl.org/atom/ns#": "atom|",
    "http://purl.org/rss/1.0/": "",
    "http://channel.netscape.com/rdf/simple/0.9/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://backend.userland.com/rss2": "",
    "http://purl.org/dc/elements/1.1/": "dc|",
    "http://purl.org/rss/1.0/modules/content/": "content|",
    "http://search.yahoo.com/mrss/": "media|",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf|",
    "http://www.w3.org/1999/xhtml": "xhtml|",
    "http://www.w3.org/XML/1998/namespace": "xml|",
}
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NAMED = re.compile("&([A-Za-z][A-Za-z0-9]{1,31});")


def tree(data: bytes, content_type: str = "") -> Element:
    """The root of a document, names with short prefixes; raises Unread, which quotes nothing."""
    text = _NO_XML.sub("", decoded(data, XML, content_type)).strip()
    return _Reading().read(_NAMED.sub(_character, text))


def inner(element: Element | None) -> str:
    """What stands in an element, markup kept as HTML."""
    if element is None:
        return ""
    if not len(element):
        return (element.text or "").strip()
    parts = [escape(element.text or "", quote=False)]
    for child in element:
        name = child.tag.rpartition("|")[2]
        parts.append(f"<{name}>{_content(child)}</{name}>{escape(child.tail or '', quote=False)}")
    return "".join(parts).strip()


def _content(element: Element) -> str:
    return inner(element) if len(element) else escape(element.text or "", quote=False)


class _Reading:
    """One document being read."""

    def __init__(self) -> None:
        self._builder = TreeBuilder()
        self._depth = self._elements = 0
        self._parser = parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._builder.data
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _no_declarations
        parser.ExternalEntityRefHandler = _no_declarations

    def read(self, text: str) -> Element:
        try:
            # In one piece, and as text: an encoding named in it was obeyed already.
            self._parser.Parse(text, True)  # noqa: FBT003 - expat's own signature
        except expat.ExpatError as error:
            sentence = f"it is no well-formed XML (line {error.lineno})"
            raise Unread(Fetch.UNREADABLE, sentence) from error
        return self._builder.close()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > MOST_DEPTH:
            raise Unread(Fetch.UNREADABLE, "its XML is nested too deeply")
        if self._elements > MOST_ELEMENTS or len(attributes) > MOST_ATTRIBUTES:
            raise Unread(Fetch.UNREADABLE, "its XML has too many elements or attributes")
        short = {_short(key): value for key, value in attributes.items()}
        self._builder.start(_short(name), short)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._builder.end(_short(name))


def _short(name: str) -> str:
    space, _, local = name.rpartition("}")
    return f"{_NAMESPACES.get(space, '?|')}{local}"


def _no_declarations(*_: object) -> NoReturn:
    sentence = "its XML declares a document type or entities, which is not taken"
    raise Unread(Fetch.UNREADABLE, sentence)


def _character(found: re.Match[str]) -> str:
    """HTML's named characters, which feeds use though XML does not know them."""
    character = html5.get(f"{found[1]};")
    return found[0] if character is None else escape(character)
