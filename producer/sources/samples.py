"""The samples that a lane brings."""

from collections.abc import Iterator

from inference import lanes
from inference.contract import Content
from producer.sources import Item


def items(lane: str, count: int) -> Iterator[Item]:
    """That many samples of a lane, made one after the other."""
    for name, content in lanes.part(lane, "samples", "samples")(count):
        yield _item(name, content)


def _item(name: str, content: Content) -> Item:
    return Item(name, lambda _most: content)
