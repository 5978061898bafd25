import time

import pytest

from producer.metrics import Fetch
from producer.sources import feeds
from producer.sources.feeds.markup import MOST_ATTRIBUTES, MOST_DEPTH, tree
from producer.sources.fetching.failures import Unread

LAUGHS = '<!ENTITY l0 "ha">' + "".join(
    f'<!ENTITY l{n} "&l{n - 1};&l{n - 1};">' for n in range(1, 30)
)
DECLARING = {
    "billion laughs": f"<!DOCTYPE rss [{LAUGHS}]><rss>&l29;</rss>",
    "quadratic blow-up": f'<!DOCTYPE r [<!ENTITY a "{"a" * 50_000}">]><rss>{"&a;" * 50_000}</rss>',
    "a file": '<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]><rss>&f;</rss>',
    "an address": '<!DOCTYPE r [<!ENTITY f SYSTEM "http://127.0.0.1:1/">]><rss>&f;</rss>',
    "a parameter": '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x.dtd">%p;]><rss/>',
    "a DTD elsewhere": '<!DOCTYPE rss SYSTEM "http://127.0.0.1:1/rss.dtd"><rss/>',
    "a public DTD": '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "rss.dtd"><rss/>',
    "an empty document type": "<!DOCTYPE rss><rss/>",
    "defaults of attributes": '<!DOCTYPE r [<!ATTLIST rss a CDATA "x">]><rss/>',
    "recursion": '<!DOCTYPE r [<!ENTITY a "&b;"><!ENTITY b "&a;">]><rss>&a;</rss>',
}
TOO_MUCH = {
    "depth": "<rss>" + "<a>" * MOST_DEPTH + "</a>" * MOST_DEPTH + "</rss>",
    "endless depth": "<rss>" * 1_000_000,
    "attributes": "<rss " + " ".join(f'a{n}="x"' for n in range(MOST_ATTRIBUTES + 1)) + "/>",
    "very many attributes": "<rss " + " ".join(f'a{n}="x"' for n in range(300_000)) + "/>",
    "elements": "<rss>" + "<a/>" * 1_000_000 + "</rss>",
}
BROKEN = {
    "nothing": b"",
    "half": b"<rss><channel><item><title>ha",
    "two roots": b"<rss/><rss/>",
    "no XML": b"\x89PNG\r\n\x1a\n\0\0\0",
    "an unknown prefix": b"<rss><x:a/></rss>",
    "the same attribute twice": b'<rss a="1" a="2"/>',
    "an entity of nobody": b"<rss>&bomb;</rss>",
    "an endless name": b"<" + b"a" * 1_000_000,
    "an endless comment": b"<rss><!--" + b"x" * 1_000_000,
    "a forbidden character": b"<rss>&#0;</rss>",
    "only a declaration": b'<?xml version="1.0"?>',
    "zeros": bytes(1000),
}
PAGES = [b"<html><body>404</body></html>", b"<opml><body/></opml>", b"<svg/>"]


@pytest.mark.parametrize("text", DECLARING.values(), ids=DECLARING)
def test_a_document_that_declares_anything_is_refused_at_once(text: str) -> None:
    began = time.perf_counter()
    with pytest.raises(Unread, match="declares a document type or entities"):
        tree(text.encode())
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_a_declaration_is_found_in_any_encoding(encoding: str) -> None:
    with pytest.raises(Unread, match="declares a document type or entities"):
        tree(DECLARING["a file"].encode(encoding))


@pytest.mark.parametrize("text", TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_is_too_deep_or_too_much_is_refused_soon(text: str) -> None:
    began = time.perf_counter()
    with pytest.raises(Unread, match=r"nested too deeply|too many elements or attributes"):
        tree(text.encode())
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_what_is_broken_is_told_with_its_line_and_never_quoted(data: bytes) -> None:
    with pytest.raises(Unread, match=r"^it is no well-formed XML \(line \d+\)$") as raised:
        tree(data)
    assert raised.value.outcome == Fetch.UNREADABLE


@pytest.mark.parametrize("data", PAGES)
def test_what_is_no_feed_is_told(data: bytes) -> None:
    with pytest.raises(Unread, match="neither RSS nor Atom"):
        feeds.read(data, "https://news.example/feed")


@pytest.mark.parametrize(
    "encoding", ["utf-7", "utf-32", "zip", "rot13", "unicode_escape", "idna", "x-mac-korean"]
)
def test_a_codec_that_no_publisher_uses_is_not_obeyed(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><rss>+ADw-b+AD4- \\x3c 안녕</rss>'
    assert tree(text.encode()).text == "+ADw-b+AD4- \\x3c 안녕"


def test_a_feed_with_very_many_entries_is_cut() -> None:
    entries = "<item><title>t</title></item>" * 5000
    read = feeds.read(f"<rss><channel>{entries}</channel></rss>".encode(), "https://n.example/")
    assert len(read.found) == feeds.MOST_ENTRIES
