"""A batch with a row that the database refuses."""

import asyncio
from collections.abc import Sequence
from functools import partial

import pytest
from letters_and_answers import START, row
from structlog.testing import capture_logs
from traffic_of_answers import count

from consumer.condition import Condition
from consumer.keeping import RESULTS, Entry, Keeper
from consumer.store import queries, schema
from consumer.store.queries import Span
from consumer.store.rows import Place, Row, Written, unreadable
from consumer.store.store import Store, database
from inference.errors import Unavailable


def entry(number: int) -> Entry:
    return Entry(Place("results", 0, number, number), RESULTS, row(str(number)))


def refused(number: int) -> Entry:
    bad = row(str(number))._replace(lane=None)  # type: ignore[arg-type] # what no reading gives
    return entry(number)._replace(row=bad)


class AwayFor(Store):
    """A store that is away for a number of writes."""

    times = 2

    async def write(self, rows: Sequence[Row]) -> Written:
        self.times -= 1
        if self.times >= 0:
            message = "away"
            raise Unavailable(message)
        return await super().write(rows)


@pytest.mark.parametrize("bad", [{0}, {7}, {15}, {3, 4}, set(range(16))])
async def test_a_row_that_is_refused_is_noted_by_its_place_and_its_neighbours_are_kept(
    store: Store, bad: set[int]
) -> None:
    entries = [refused(n) if n in bad else entry(n) for n in range(16)]
    keeper = Keeper(store, Condition(60), frozenset({"echo"}))

    assert await keeper.keep(entries, asyncio.Event())
    assert await count(store, schema.RESULTS) == 16 - len(bad)
    page = await store.ask(partial(queries.unreadable, span=Span(100)))
    assert {found["offset"] for found in page.rows} == bad


async def test_a_store_that_is_away_is_tried_until_it_is_back(store_url: str) -> None:
    store = AwayFor(database(store_url))
    await store.open()
    condition = Condition(60)
    keeper = Keeper(store, condition, frozenset())

    assert await keeper.keep([entry(0)], asyncio.Event())
    assert (condition.store, await count(store, schema.RESULTS)) == (None, 1)
    await store.close()


async def test_a_batch_that_waits_for_the_store_is_let_go_at_the_end(store_url: str) -> None:
    store, stop = AwayFor(database(store_url)), asyncio.Event()
    store.times = 1000
    asyncio.get_running_loop().call_later(0.3, stop.set)
    keeper = Keeper(store, Condition(60), frozenset())

    assert not await asyncio.wait_for(keeper.keep([entry(0)], stop), 10)
    await store.close()


async def test_a_record_that_cannot_be_understood_is_told_with_its_id_and_its_trace(
    sqlite: Store,
) -> None:
    place = Place("results", 2, 17, START)
    sent = [("ce_id", b"7"), ("traceparent", b"00-1"), ("secret", b"x")]
    lost = Entry(place, RESULTS, unreadable(place, "not a result"), sent)
    bare = Entry(place._replace(offset=18), RESULTS, unreadable(place._replace(offset=18), "no"))
    with capture_logs() as lines:
        for _ in range(2):  # read again, it is told no more
            await Keeper(sqlite, Condition(60), frozenset()).keep([lost, bare], asyncio.Event())

    about = {"event": "unreadable record", "log_level": "warning", "topic": "results"}
    assert lines == [
        about
        | {"ce_id": "7", "trace": "00-1", "partition": 2, "offset": 17, "why": "not a result"},
        about | {"partition": 2, "offset": 18, "why": "no"},
    ]
