"""Pages of a list: whatever is stored meanwhile, each row is seen once and in order."""

import base64
from collections.abc import AsyncIterator
from functools import partial
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from letters_and_answers import row
from sqlalchemy import delete

from consumer.store import cursor, queries
from consumer.store.cursor import Cursor
from consumer.store.queries import Span
from consumer.store.schema import RESULTS
from consumer.store.store import Store

TIMES = st.lists(st.integers(0, 3), max_size=12)


async def pages(store: Store, limit: int, meanwhile: AsyncIterator[None]) -> list[str]:
    """The ids that somebody sees who turns pages by `next` alone."""
    seen: list[str] = []
    after: Cursor | None = None
    while True:
        span = Span(limit, after=after)
        page = await store.ask(partial(queries.results, span=span, lane="echo", key=None))
        seen += [found["id"] for found in page.rows]
        if page.next is None:
            return seen
        after = cursor.read(cursor.written(page.next))
        await anext(meanwhile)


async def storing(store: Store, times: list[int]) -> AsyncIterator[None]:
    """Stores one more row at a time: new ones, others' and better answers to old requests."""
    for number in count():
        time = times[number % len(times)] if times else 0
        better = row("0", time, answered_by="full")
        await store.write([row(f"later-{number}", time), row(f"other-{number}", lane="b"), better])
        yield


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(times=TIMES, later=TIMES, limit=st.integers(1, 5))
async def test_rows_that_were_there_are_seen_once_and_newest_first(
    store: Store, times: list[int], later: list[int], limit: int
) -> None:
    await store.change(lambda connection: connection.execute(delete(RESULTS)))
    rows = [row(str(n), time, answered_by="basic") for n, time in enumerate(times)]
    await store.write(rows)
    seen = await pages(store, limit, storing(store, later))

    expected = [r.id for r in sorted(rows, key=lambda r: (r.answered, r.id), reverse=True)]
    assert [identity for identity in seen if identity in expected] == expected
    assert len(seen) == len(set(seen))


@given(st.integers(-(2**63) + 1, 2**63 - 1), st.text(st.characters(codec="utf-8")))
def test_a_cursor_is_read_as_it_was_written(time: int, identity: str) -> None:
    assert cursor.read(cursor.written(Cursor(time, identity))) == Cursor(time, identity)


@given(st.text() | st.sampled_from(["W10", "bnVsbA", "WzEsMl0", "W251bGwsIjEiXQ", "e30"]))
def test_a_word_that_no_list_gave_out_is_refused(word: str) -> None:
    assert cursor.read(word) is None


@pytest.mark.parametrize("number", ["1e400", "9" * 40, "1.5", "true"])
def test_a_cursor_with_a_number_that_no_column_holds_is_refused(number: str) -> None:
    word = base64.urlsafe_b64encode(f'[{number}, "a"]'.encode()).decode()
    assert cursor.read(word) is None
