"""What a store promises about rows, asked of SQLite and of PostgreSQL."""

import asyncio
from functools import partial

import pytest
from letters_and_answers import START, letter_row, row
from sqlalchemy import Connection, func, select

from consumer.store import queries, writing
from consumer.store.queries import Question, Span
from consumer.store.retention import sweep
from consumer.store.rows import Place, Row, unreadable
from consumer.store.schema import DEAD_LETTERS, RESULTS, UNREADABLE
from consumer.store.store import Store
from consumer.store.text import indexed

HOSTILE = [
    "\x00",
    "a\x00b",
    "\ud800",
    "x" * 100_000,
    "\x00" * 5_000,
    "😀" * 3_000,
    "a'; --",
    "%s%%",
]


async def answers(store: Store, request_id: str, **narrowed: str) -> list[str]:
    question = Question(request_id, **narrowed)
    return await store.ask(partial(queries.answers, question=question))


async def listed(
    store: Store, span: Span, lane: str | None = None, key: str | None = None
) -> list[str]:
    page = await store.ask(partial(queries.results, span=span, lane=lane, key=key))
    return [found["document"] for found in page.rows]


async def test_a_result_is_found_by_the_id_of_its_request(store: Store) -> None:
    await store.write([row("a"), row("b")])

    assert await answers(store, "a") == [row("a").document]


async def test_the_same_rows_again_change_nothing(store: Store) -> None:
    rows: list[Row] = [row("a"), letter_row("b"), unreadable(Place("t", 0, 1, 2), "why")]
    first = await store.write(rows)
    again = await store.write([*rows, *rows])

    assert (len(first.stored), first.repeated) == (3, 0)
    assert (len(again.stored), len(again.replaced), again.repeated) == (0, 0, 6)


async def test_a_replaced_answer_keeps_its_place_in_the_list(store: Store) -> None:
    await store.write([row("old", 1, answered_by="basic"), row("new", 2)])
    await store.write([row("old", 3)])

    assert await listed(store, Span(10)) == [row("new").document, row("old").document]


async def test_source_and_lane_narrow_what_an_id_finds(store: Store) -> None:
    here, there = row("a", id="1", lane="echo"), row("a", id="2", lane="other")
    await store.write([here, there])

    assert len(await answers(store, "a")) == 2
    assert await answers(store, "a", lane="other") == [there.document]
    assert await answers(store, "a", source="/tests", lane="echo") == [here.document]
    assert await answers(store, "a", source="/elsewhere") == []


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_no_text_of_a_sender_is_too_strange_to_be_kept_and_found(
    store: Store, text: str
) -> None:
    kept = row("a")._replace(document="hostile")
    strange = letter_row("x", changes={"dlq.detail": "\x00" * 9000})
    hostile = kept._replace(request_id=indexed(text), key=indexed(text))
    await store.write([hostile, strange])

    assert await answers(store, text) == ["hostile"]
    assert await listed(store, Span(10), key=text) == ["hostile"]


async def test_a_list_is_narrowed_by_lane_key_and_time(store: Store) -> None:
    rows = [row(str(n), n, key=b"even" if n % 2 == 0 else None) for n in range(6)]
    await store.write([*rows, row("other", 7, lane="other")])
    since = Span(10, since=START + 2, until=START + 5)

    assert await listed(store, since) == [rows[n].document for n in (4, 3, 2)]
    assert await listed(store, Span(10), key="even") == [rows[n].document for n in (4, 2, 0)]
    assert len(await listed(store, Span(10), lane="echo")) == 6


async def test_a_dead_letter_says_whether_its_request_was_answered_after_all(store: Store) -> None:
    await store.write([letter_row("a", 1), letter_row("b", 2), row("b")])
    page = await store.ask(
        partial(queries.dead_letters, span=Span(10), lane="echo", reason="refused")
    )

    assert [(found["request_id"], found["answered"]) for found in page.rows] == [
        ("b", True),
        ("a", False),
    ]


async def test_replays_are_counted_and_done_once(store: Store) -> None:
    letter = letter_row("a", changes={"dlq.replays": "2"})
    await store.write([letter])
    await store.change(partial(writing.mark_replayed, ids=[letter.id], now=START))
    found = await store.ask(partial(queries.dead_letter, identity=letter.id))
    choose = partial(queries.replayable, span=Span(10), lane=None, reason=None)

    assert found is not None
    assert (found["replays"], found["replayed"]) == (3, START)
    assert await store.ask(partial(choose, again=False)) == []
    assert await store.ask(partial(choose, again=True)) == [letter.id]


async def test_rows_older_than_wanted_are_deleted_and_no_others(store: Store) -> None:
    old = [row(f"r{n}", n) for n in range(5)] + [letter_row(f"d{n}", n) for n in range(5)]
    await store.write([*old, unreadable(Place("t", 0, 0, START), "why"), row("new", 100)])
    await sweep(store, START + 4, at_once=2)  # of the unreadable, only the finding has an age

    counts = [
        await store.ask(partial(Connection.scalar, statement=select(func.count(table.c.id))))
        for table in (RESULTS, DEAD_LETTERS, UNREADABLE)
    ]
    assert counts == [2, 1, 1]


async def test_a_waiting_reader_is_woken_by_what_is_stored(store: Store) -> None:
    with store.bell.listening("a") as ear, store.bell.listening("b") as other:
        await store.write([row("a")])
        await asyncio.wait_for(ear.wait(), 5)

        assert not other.is_set()
