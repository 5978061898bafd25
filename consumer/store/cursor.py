"""Where a page ends, as an opaque word: rows that come later do not move it."""

import base64
import json
from typing import NamedTuple

BIGGEST = 2**63 - 1


class Cursor(NamedTuple):
    """The last row of a page."""

    time: int
    id: str


def written(cursor: Cursor) -> str:
    """The word for a place in a list."""
    return base64.urlsafe_b64encode(json.dumps(cursor).encode()).decode().rstrip("=")


def read(word: str) -> Cursor | None:
    """The place that a word names; None if no list ever gave out that word."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)))
        time, identity = parts
    except (ValueError, TypeError, RecursionError):
        return None
    if type(time) is not int or abs(time) > BIGGEST or not isinstance(identity, str):
        return None
    return Cursor(time, identity)
