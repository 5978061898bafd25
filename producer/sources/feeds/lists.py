"""Which feeds to look at: an address, a file of addresses, or a feed that lies in a file."""

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

from inference.errors import Misconfigured
from producer.sources.article import is_address
from producer.sources.feeds.markup import tree
from producer.sources.fetching.failures import Unread


class Listed(NamedTuple):
    """One feed: its address, or the file it lies in; `zone` is that of times that name none."""

    url: str = ""
    path: Path | None = None
    zone: tzinfo | None = None


def listed(names: Sequence[str]) -> list[Listed]:
    """Every feed that is meant, once each; raises Misconfigured, which says what to write."""
    return list(dict.fromkeys(feed for name in names for feed in _meant(name)))


def _meant(name: str) -> Iterator[Listed]:
    if is_address(name):
        yield Listed(name)
        return
    path = Path(name)
    try:
        data = path.read_bytes()
    except OSError as error:
        message = (
            f"--feed {name} is neither http(s):// nor a file that can be read: {error.strerror}"
        )
        raise Misconfigured(message) from error
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        yield from _document(path, data)
    else:
        yield from _lines(path, data.decode("utf-8-sig", "replace"))


def _document(path: Path, data: bytes) -> Iterator[Listed]:
    """OPML, as feed readers export it; anything else must be a feed."""
    try:
        root = tree(data)
    except Unread as error:
        message = f"--feed {path}: {error}"
        raise Misconfigured(message) from error
    if root.tag == "opml":
        yield from (Listed(url) for url in _outlined(root))
    else:
        yield Listed(path=path)


def _outlined(root: Element) -> Iterator[str]:
    for outline in root.iter("outline"):
        url = (outline.get("xmlUrl") or "").strip()
        if is_address(url):
            yield url


def _lines(path: Path, text: str) -> Iterator[Listed]:
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition(" #")[0].split()
        if not words or words[0].startswith("#"):
            continue
        if len(words) > 2 or not is_address(words[0]):  # noqa: PLR2004 - two words
            message = (
                f"{path}, line {number}: write the address of a feed, and after it, where its "
                "times name no zone, theirs: https://example.org/rss Asia/Seoul"
            )
            raise Misconfigured(message)
        yield Listed(words[0], zone=_zone(path, number, words[1]) if words[1:] else None)


def _zone(path: Path, number: int, name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:
        message = f"{path}, line {number}: no time zone is called {name!r}; write Asia/Seoul"
        raise Misconfigured(message) from error
