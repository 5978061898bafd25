"""Which answer to a question is kept, and which ones are asked for again; on both stores."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest
from letters_and_answers import REQUESTS, START, row
from sqlalchemy import Connection, event, select

from consumer.store import degraded, queries, writing
from consumer.store.queries import Question
from consumer.store.rows import ResultRow
from consumer.store.schema import RESULTS
from consumer.store.store import Store
from consumer.store.wanted import Wanted


async def answers(store: Store, request_id: str) -> list[str]:
    return await store.ask(partial(queries.answers, question=Question(request_id)))


async def column(store: Store, name: str) -> Sequence[Any]:
    statement = select(RESULTS.c[name]).order_by(RESULTS.c.id)
    return await store.ask(lambda connection: connection.scalars(statement).all())


async def chosen(store: Store, wanted: Wanted) -> list[str]:
    """The requests of what is asked again, in that order."""
    ids = await store.ask(partial(degraded.ids, wanted=wanted))
    found = await store.ask(partial(degraded.answers, ids=ids))
    assert [answer.id for answer in found] == ids
    return [answer.request_id for answer in found]


def below(request_id: str, offset: int = 0, lane: str = "echo") -> ResultRow:
    return row(request_id, offset, answered_by="basic", degraded=True, lane=lane)


def elsewhere(kept: ResultRow, offset: int = 99) -> ResultRow:
    """The answer to the same question, asked again."""
    return kept._replace(request_topic=REQUESTS, request_offset=offset, document=f"at {offset}")


async def force(store: Store, *kept: ResultRow) -> None:
    await store.change(partial(writing.force, ids=[each.id for each in kept]))


async def test_a_better_ranked_answer_replaces_a_worse_one(store: Store) -> None:
    await store.write([row("a", answered_by="basic", degraded=True)])
    written = await store.write([row("a", answered_by="light", degraded=True)])

    assert len(written.replaced) == 1
    assert '"light"' in (await answers(store, "a"))[0]


@pytest.mark.parametrize("later", ["full", "light", "basic"])
async def test_an_answer_that_is_no_better_never_replaces_one(store: Store, later: str) -> None:
    await store.write([row("a")])
    await store.write([row("a", answered_by=later, answer={"text": "another"})])

    assert await answers(store, "a") == [row("a").document]


async def test_of_two_rungs_of_one_level_the_better_one_replaces(store: Store) -> None:
    await store.write([row("a", degraded=True)])
    written = await store.write([row("a")])
    again = await store.write([row("a", degraded=True)])

    assert (len(written.replaced), again.repeated) == (1, 1)


@pytest.mark.parametrize("level", ["full", "light", "basic"])
async def test_where_it_is_forced_the_next_answer_replaces_one_that_is_as_good_or_better(
    store: Store, level: str
) -> None:
    await store.write([row("a", answered_by="light", degraded=True)])
    await force(store, row("a"))
    written = await store.write([elsewhere(row("a", answered_by=level))])

    assert (len(written.replaced), await answers(store, "a")) == (1, ["at 99"])


async def test_an_answer_is_forced_out_once(store: Store) -> None:
    await store.write([below("a")])
    await force(store, below("a"))
    await store.write([elsewhere(below("a"), 99)])
    written = await store.write([elsewhere(below("a"), 100)])

    assert (written.repeated, await answers(store, "a")) == (1, ["at 99"])
    assert await column(store, "forced") == [False]


async def test_the_old_answer_that_comes_twice_is_not_taken_for_the_next_one(store: Store) -> None:
    await store.write([below("a")])
    await force(store, below("a"))
    again = await store.write([below("a")])
    written = await store.write([below("a"), elsewhere(below("a")), below("a")])

    assert (again.repeated, len(written.replaced)) == (1, 1)
    assert await answers(store, "a") == ["at 99"]


async def test_of_several_answers_in_one_batch_the_best_is_kept(store: Store) -> None:
    levels = ["basic", "full", "light"]
    written = await store.write([row("a", answered_by=level) for level in levels])

    assert (len(written.stored), written.repeated) == (1, 2)
    assert await answers(store, "a") == [row("a").document]


async def test_only_degraded_answers_are_asked_again_and_the_oldest_first(store: Store) -> None:
    await store.write([below("b", 2), row("full", 1), below("a", 0), below("late", 9)])

    assert await chosen(store, Wanted()) == ["a", "b", "late"]
    assert await chosen(store, Wanted(since=START + 2, until=START + 9)) == ["b"]
    assert await chosen(store, Wanted(limit=1)) == ["a"]


async def test_a_lane_narrows_what_is_asked_again(store: Store) -> None:
    await store.write([below("a"), below("b", lane="other")])

    assert await chosen(store, Wanted(lane="other")) == ["b"]


async def test_what_was_asked_again_comes_last_or_not_at_all(store: Store) -> None:
    await store.write([below("a", 0), below("b", 1)])
    await store.change(partial(writing.mark_asked_again, ids=[below("a").id], now=START))

    assert await chosen(store, Wanted()) == ["b", "a"]
    assert await chosen(store, Wanted(again=False)) == ["b"]
    assert await column(store, "replays") == [1, 0]


async def test_what_got_a_full_answer_meanwhile_is_not_asked_again(store: Store) -> None:
    await store.write([below("a"), below("b")])
    ids = await store.ask(partial(degraded.ids, wanted=Wanted()))
    await store.write([row("a")])
    left = await store.ask(partial(degraded.answers, ids=ids))

    assert [answer.request_id for answer in left] == ["b"]


async def test_a_better_answer_keeps_the_count_of_replays(store: Store) -> None:
    await store.write([below("a")])
    await store.change(partial(writing.mark_asked_again, ids=[row("a").id], now=START))
    await store.write([row("a")])

    assert (await column(store, "replays"), await column(store, "replayed")) == ([1], [START])


async def test_where_an_answer_lay_is_kept(store: Store) -> None:
    cached = row("a", from_cache=True, cache_tier="redis")
    await store.write([cached, row("b")])

    assert await column(store, "cache_tier") == ["redis", None]
    assert await column(store, "from_cache") == [True, False]


async def test_the_search_for_degraded_answers_has_an_index_of_its_own(sqlite: Store) -> None:
    plans: list[str] = []

    def explain(connection: Connection, _: object, asked: str, *rest: Any) -> None:  # noqa: ANN401 - as it is called
        if asked.startswith("SELECT"):
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", rest[0])
            plans.append(str(plan.all()))

    def ask(connection: Connection) -> None:
        event.listen(connection, "before_cursor_execute", explain)
        degraded.ids(connection, Wanted(since=START))

    await sqlite.ask(ask)
    assert "results_degraded" in plans[0]
