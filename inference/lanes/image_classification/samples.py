"""Drawings to try the lane with; a file's name begins with what is drawn."""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from itertools import cycle, islice
from typing import Any

from inference.contract import Content


def samples(count: int) -> Iterator[tuple[str, Content]]:
    """Named pictures, always the same ones in order, from the start again where too few."""
    folder = files(__package__) / "pictures"
    found = (file for file in folder.iterdir() if file.name.endswith(".jpg"))
    pictures = [
        (file.name, Content(file.read_bytes(), "image/jpeg"))
        for file in sorted(found, key=lambda file: file.name)
    ]
    yield from islice(cycle(pictures), count)


def headline(answer: Mapping[str, Any]) -> tuple[str, str]:
    """The label that fits best, and how well."""
    best = answer["predictions"][0]
    return str(best["label"]), f"{best['score']:.2f}"
