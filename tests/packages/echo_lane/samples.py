"""Texts to try the echo lane with."""

from collections.abc import Iterator

from inference.contract import Content


def samples(count: int) -> Iterator[tuple[str, Content]]:
    """Named contents, always the same ones."""
    for number in range(count):
        yield f"text-{number}", Content(f"text {number}".encode(), "text/plain")
