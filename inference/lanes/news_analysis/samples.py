"""Articles to try the lane with, half of them Korean, in several of the forms that it takes."""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from itertools import cycle, islice
from typing import Any

from inference.contract import Content


def samples(count: int) -> Iterator[tuple[str, Content]]:
    """Named articles, always the same ones in order, from the start again where too few."""
    folder = files(__package__) / "articles"
    articles = [
        (file.name, Content(file.read_bytes(), "application/json"))
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".json")
    ]
    yield from islice(cycle(articles), count)


def headline(answer: Mapping[str, Any]) -> tuple[str, str]:
    """How the article is minded and what about, and its score."""
    analysis = answer["analysis"]
    about = ", ".join([analysis["category"], *analysis["keywords"][:2]])
    return f"{analysis['sentiment']}: {about}", f"{analysis['sentiment_score']:+.2f}"
