"""Where requests come from: each source gives items, and reads one when its turn comes.

A source knows no lane. Feeds, searches and pages give the same JSON document of an article, and
whether a lane takes it is for that lane's contract to say, as with every other item.
"""

from collections.abc import Callable
from typing import NamedTuple

from inference.contract import Content


class Item(NamedTuple):
    """Something to send; `read` gives it, cut one byte above the limit it is told.

    `id` says which question a content is: the same one whenever it is sent again. Without it
    every sending is a new question.
    """

    name: str
    read: Callable[[int], Content]
    id: Callable[[Content], str] | None = None
