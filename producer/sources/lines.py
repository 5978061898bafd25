"""JSON lines: each line of a file is a document of its own."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from inference.contract import Content
from producer.sources import Item
from producer.sources.article import JSON, stable_id

STDIN = Path("-")


def items(paths: Sequence[Path], stdin: BinaryIO, most: int) -> Iterator[Item]:
    """An item per line that is not blank, read as its turn comes.

    A line is known by its file, its place there and its bytes: a file that is sent again, or that
    has grown, asks the same questions again and no line twice.
    """
    for path in paths:
        if path == STDIN:
            # To its end before anything is sent: waiting for a line would hold up all the others.
            with TemporaryFile() as spool:
                shutil.copyfileobj(stdin, spool)
                spool.seek(0)
                yield from _of("stdin", spool, most)
        else:
            with path.open("rb") as file:
                yield from _of(path.name, file, most)


def _of(name: str, file: BinaryIO, most: int) -> Iterator[Item]:
    for number, line in enumerate(_bounded(file, most), 1):
        if line.strip():
            yield _item(f"{name}:{number}", line)


def _bounded(file: BinaryIO, most: int) -> Iterator[bytes]:
    """Its lines, each cut one byte above the limit, so that no line fills the memory."""
    while line := file.readline(most + 1):
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = file.readline(most + 1)
        yield line


def _item(name: str, line: bytes) -> Item:
    content = Content(line.strip() if line.endswith(b"\n") else line, JSON)
    return Item(name, lambda _most: content, lambda _content: stable_id(name, line.hex()))
