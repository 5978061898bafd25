"""Where requests come from: each source gives items, and reads one when its turn comes."""

from collections.abc import Callable
from typing import NamedTuple

from inference.contract import Content


class Item(NamedTuple):
    """Something to send; `read` gives it, cut one byte above the limit it is told."""

    name: str
    read: Callable[[int], Content]
