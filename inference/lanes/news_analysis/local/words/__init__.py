"""Our own word lists, as they lie in the files beside this one."""

from collections.abc import Iterator
from importlib import resources
from typing import NamedTuple


class Entry(NamedTuple):
    """A word, or several that stand one after the other, under the heading it is listed under."""

    heading: str
    text: str


def entries(name: str) -> Iterator[Entry]:
    """Every entry of a list; its lines read `heading: entry, entry`, and `#` begins a remark."""
    for line in _lines(name):
        heading, _, listed = line.partition(":")
        for text in listed.split(","):
            yield Entry(heading.strip(), text.strip())


def listed(name: str, heading: str) -> frozenset[str]:
    """What stands under one heading."""
    return frozenset(entry.text for entry in entries(name) if entry.heading == heading)


def _lines(name: str) -> Iterator[str]:
    text = resources.files(__name__).joinpath(f"{name}.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield line
