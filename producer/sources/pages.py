"""A folder of HTML pages: each page is an article."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from inference.contract import Content
from producer.sources import Item
from producer.sources.article import Origin, document, stable_id
from producer.sources.encodings import HTML, decoded
from producer.sources.extraction import article
from producer.sources.files import files_in

MOST_BYTES = 5 * 1024 * 1024
SUFFIXES = frozenset({".html", ".htm", ".xhtml"})


def items(folders: Sequence[Path]) -> Iterator[Item]:
    """An item per page, in the order of their names; the same page is the same question."""
    for folder in folders:
        for path in files_in(folder):
            if path.suffix.lower() in SUFFIXES:
                yield Item(str(path.relative_to(folder)), partial(_read, path), _same)


def _read(path: Path, _most: int) -> Content:
    """The article on a page; of a very large one, that on its beginning."""
    with path.open("rb") as file:
        found = article(decoded(file.read(MOST_BYTES), HTML))
    return document(found, Origin(path.name))


def _same(content: Content) -> str:
    return stable_id("page", content.data.decode())
