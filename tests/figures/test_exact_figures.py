"""However results come, figures are those of the rows there are; on both stores."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import pytest
from analysed import (
    HOUR_MS,
    NOW_MS,
    counted_anew,
    kept_numbers,
    numbers,
    result,
    row,
    write,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Delete, delete

from consumer.store import writing
from consumer.store.retention import sweep, sweep_figures
from consumer.store.rows import ResultRow
from consumer.store.schema import FIGURES, RESULTS
from consumer.store.store import Store
from inference.contract import Level

# Few of each, so that they meet: the same questions, answered by every rung, about one another.
ANSWERS = st.builds(
    result,
    name=st.sampled_from(["Daily a", "Daily b", "Daily c", "Evening d", "Evening e"]),
    keywords=st.lists(st.sampled_from(["chips", "반도체", "rates"]), max_size=3, unique=True),
    score=st.floats(-1, 1),
    ago=st.none() | st.integers(-200, 4000).map(lambda n: timedelta(minutes=n)),
    level=st.sampled_from(Level),
).map(row)
BATCHES = st.lists(st.lists(ANSWERS, max_size=6), max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(batches=BATCHES, data=st.data())
async def test_any_order_repetition_and_replacement_counts_what_is_there_in_the_end(
    store: Store, batches: Sequence[Sequence[ResultRow]], data: st.DataObject
) -> None:
    await emptied(store)
    for rows in batches:
        await write(store, rows)
    again = data.draw(st.permutations([row for rows in batches for row in rows]))
    await write(store, again)

    assert await kept_numbers(store) == await counted_anew(store)


async def test_figures_are_the_sums_that_somebody_would_count_by_hand(store: Store) -> None:
    one, other = result("Daily a", score=0.5), result("Daily b", ["chips", "rates"], -0.1)
    await write(store, [row(one), row(other)])
    minute = NOW_MS - 30_000

    assert await kept_numbers(store) == {
        ("article", minute, ""): (2, 400_000),
        ("source", minute, "Daily"): (2, 400_000),
        ("keyword", minute, "chips"): (2, 400_000),
        ("keyword", minute, "rates"): (1, -100_000),
    }


async def test_a_result_that_comes_a_thousand_times_counts_once(store: Store) -> None:
    once = [row(result(name)) for name in "abc"]
    await write(store, once)
    expected = await kept_numbers(store)
    for _ in range(10):
        await write(store, once * 100)

    assert await kept_numbers(store) == expected == numbers(r.document for r in once)


async def test_a_better_answer_takes_the_figures_of_the_old_one_off(store: Store) -> None:
    await write(store, [row(result("a", ["wrong"], -1.0, level=Level.BASIC))])
    better = row(result("a", ["right"], 0.5))
    await write(store, [better])

    assert await kept_numbers(store) == numbers([better.document])


async def test_a_forced_answer_takes_them_off_too(store: Store) -> None:
    first, second = row(result("a", ["wrong"])), row(result("a", ["right"], level=Level.BASIC))
    await write(store, [first])
    await store.change(partial(writing.force, ids=[first.id]))
    await write(store, [second._replace(request_offset=9)])

    assert await kept_numbers(store) == numbers([second.document])


async def test_what_was_not_counted_is_not_taken_off(store: Store) -> None:
    old, new = row(result("a", level=Level.BASIC)), row(result("a"))
    await store.change(partial(writing.write, rows=[old], now=NOW_MS))  # by a version before
    await write(store, [new])

    assert await kept_numbers(store) == numbers([new.document])


async def test_an_old_row_that_is_deleted_takes_its_figures_along(store: Store) -> None:
    old, new = row(result("old"), NOW_MS - 10), row(result("new"), NOW_MS)
    await write(store, [old, new])
    await sweep(store, NOW_MS - 5, now=NOW_MS)
    await write(store, [])

    assert await kept_numbers(store) == numbers([new.document])


async def test_a_row_that_was_deleted_and_comes_again_counts_once(store: Store) -> None:
    again = row(result("a"))
    await write(store, [again])
    await sweep(store, NOW_MS + 1, now=NOW_MS)
    await write(store, [again])

    assert await kept_numbers(store) == numbers([again.document])


@pytest.mark.parametrize("hours", [49, -49])
async def test_what_happened_too_long_ago_or_is_yet_to_happen_is_kept_and_not_counted(
    store: Store, hours: int
) -> None:
    written = await write(store, [row(result("a", ago=timedelta(hours=hours)))])

    assert (len(written.stored), await kept_numbers(store)) == (1, {})


async def test_a_bucket_that_was_deleted_does_not_come_back(store: Store) -> None:
    await write(store, [row(result("a", level=Level.BASIC)), row(result("b"))])
    later = NOW_MS + 48 * HOUR_MS + 60_000
    await sweep_figures(store, later)
    await write(store, [row(result("a"))], later)
    await sweep(store, later, now=later)

    assert await kept_numbers(store) == {}


async def test_buckets_are_deleted_by_age_and_no_others(store: Store) -> None:
    hours = [row(result(str(n), ago=timedelta(hours=n))) for n in range(0, 46, 5)]
    await write(store, hours)
    later = NOW_MS + 24 * HOUR_MS
    await sweep_figures(store, later)
    young = [it.document for n, it in enumerate(hours) if n * 5 < 24]

    assert await kept_numbers(store) == numbers(young)


async def test_figures_change_with_their_results_or_not_at_all(store: Store) -> None:
    fine, faulty = row(result("a")), row(result("b"))._replace(source=None)  # type: ignore[arg-type]  # a fault
    with pytest.raises(Exception, match="refuses a row"):
        await write(store, [fine, faulty])

    assert await kept_numbers(store) == {}


async def emptied(store: Store) -> None:
    """For the next example."""
    for table in (RESULTS, FIGURES):
        statement = delete(table)
        await store.change(partial(_run, statement=statement))


def _run(connection: Connection, statement: Delete) -> None:
    connection.execute(statement)
