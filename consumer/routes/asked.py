"""What may stand in a query, understood; whatever is wrong is said, with how to write it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, NamedTuple
from urllib.parse import urlencode

from fastapi import Query, Request
from pydantic import Field

from consumer import times
from consumer.store import cursor
from consumer.store.queries import Page, Span
from inference.web.problems import Problem

LONGEST_WAIT = 60.0

Lane = Annotated[
    str | None, Query(description="Only this lane.", examples=["image-classification"])
]
Wait = Annotated[
    str | None, Query(description="Wait so long for an answer, 60s at most.", examples=["5s"])
]
_TIME = "an RFC 3339 time, or how long ago"
Since = Annotated[str | None, Query(description=f"Not before: {_TIME}.", examples=["2h"])]
Until = Annotated[
    str | None, Query(description=f"Before: {_TIME}.", examples=["2026-01-31T09:00:00Z"])
]
# Of a replay, in its document.
Start = Annotated[
    str | None, Field(description="Not before: a time, or how long ago.", examples=["2h"])
]
End = Annotated[str | None, Field(description="Before: a time, or how long ago.")]
Most = Annotated[int, Field(ge=1, le=10_000, description="At most so many, oldest first.")]
Rate = Annotated[float, Field(gt=0, le=10_000, description="At most so many a second.")]
Limit = Annotated[int, Query(ge=1, le=500, description="At most so many.")]
Word = Annotated[
    str | None, Query(alias="cursor", description="Where to go on: from `next` of the page before.")
]


class Listed(NamedTuple):
    """Which part of a list is asked for."""

    span: Span

    @classmethod
    def of(
        cls, since: Since = None, until: Until = None, limit: Limit = 50, word: Word = None
    ) -> "Listed":
        """The part that a query names."""
        after = None if word is None else cursor.read(word)
        if word is not None and after is None:
            raise Problem(422, "Not a cursor", "Use `next` of the page before as it is.")
        return cls(Span(limit, moment("since", since), moment("until", until), after))

    def next_page(self, request: Request, page: Page) -> str | None:
        """The path and query of the page that follows."""
        if page.next is None:
            return None
        same = [(name, value) for name, value in request.query_params.multi_items()]
        kept = [(name, value) for name, value in same if name != "cursor"]
        return f"{request.url.path}?{urlencode([*kept, ('cursor', cursor.written(page.next))])}"


def moment(name: str, text: str | None) -> int | None:
    """A time in a query or a document."""
    if text is None:
        return None
    found = times.moment(text, time.time_ns() // 1_000_000)
    if found is None:
        detail = f"{name} must be {_TIME}: 2026-01-31T09:00:00Z or 2h."
        raise Problem(422, "Not a time", detail)
    return found


@asynccontextmanager
async def one_at_a_time(busy: asyncio.Lock) -> AsyncIterator[None]:
    """Runs its block, unless another replay of this kind is running."""
    if busy.locked():
        raise Problem(409, "A replay is running", "Wait for it to end, then ask again.")
    async with busy:
        yield


def patience(wait: str | None) -> float:
    """How long a reader is willing to wait."""
    found = 0.0 if wait is None else times.seconds(wait)
    if found is None or found > LONGEST_WAIT:
        detail = f"wait must be a duration such as 5s, of {LONGEST_WAIT:.0f}s at most."
        raise Problem(422, "Not a time to wait", detail)
    return found
