"""What a store promises, asked of SQLite and of PostgreSQL."""

from functools import partial

import pytest
from letters_and_answers import letter_row, row
from sqlalchemy import func, select

from consumer.store import queries
from consumer.store.queries import Question, Span
from consumer.store.rows import Place, unreadable
from consumer.store.schema import METADATA, RESULTS, UNREADABLE
from consumer.store.store import Store


async def answers(store: Store, request_id: str) -> list[str]:
    return await store.ask(partial(queries.answers, question=Question(request_id)))


async def test_a_result_is_found_by_the_id_of_its_request(store: Store) -> None:
    await store.write([row("a"), row("b")])

    assert await answers(store, "a") == [row("a").document]


async def test_the_same_results_again_change_nothing(store: Store) -> None:
    rows = [row("a"), row("b"), letter_row("c"), unreadable(Place("t", 0, 1, 2), "why")]
    first = await store.write(rows)
    again = await store.write([*rows, *rows])

    assert (len(first.stored), first.repeated) == (4, 0)
    assert (len(again.stored), len(again.replaced), again.repeated) == (0, 0, 8)
