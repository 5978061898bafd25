"""Files, folders and standard input."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO

from inference.contract import Content
from producer.content_types import guess
from producer.sources import Item

STDIN = Path("-")


def items(paths: Sequence[Path], stdin: BinaryIO, most: int) -> list[Item]:
    """An item per file; folders are walked in the order of their names, hidden files left out."""
    return [item for path in paths for item in _of(path, stdin, most)]


def files_in(folder: Path) -> Iterator[Path]:
    """Its files and those of its folders, in the order of their names, hidden ones left out."""
    for found in sorted(folder.rglob("*")):
        inside = found.relative_to(folder)
        if found.is_file() and not any(part.startswith(".") for part in inside.parts):
            yield found


def _of(path: Path, stdin: BinaryIO, most: int) -> Iterator[Item]:
    if path == STDIN:
        # Read here and now: a thread that waits for a terminal could not be stopped.
        content = _content(stdin.read(most + 1), None)
        yield Item("stdin", lambda _most: content)
    elif path.is_dir():
        for found in files_in(path):
            yield Item(str(found.relative_to(path)), partial(_read, found))
    else:
        yield Item(path.name, partial(_read, path))


def _read(path: Path, most: int) -> Content:
    with path.open("rb") as file:
        return _content(file.read(most + 1), path.name)


def _content(data: bytes, name: str | None) -> Content:
    return Content(data, guess(data, name))
