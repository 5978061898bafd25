"""Bursts are found in event time and noted once; on both stores."""

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from analysed import KEPT, LANE, NOW, NOW_MS, counted_anew, kept_numbers, result, row, write
from rising import (
    MINUTE_MS,
    PRESENT,
    SEEN,
    TRAFFIC,
    add,
    found,
    looked,
    noted,
    rows,
    spread,
    steady,
)

from consumer.bursts.changes import Changes, Range, watched
from consumer.counting import Counting
from consumer.store.retention import sweep
from consumer.store.rows import Count
from consumer.store.store import Store, opened
from postgres_cluster import Cluster

HOUR = 60
RISE = dict.fromkeys(range(5), 10)


async def test_a_keyword_that_rises_is_found_with_what_there_was_of_it(store: Store) -> None:
    await add(store, TRAFFIC, steady("calm", 6), steady("chips", 30), spread("chips", RISE))
    findings = await found(store)

    assert {finding.key for finding in findings} == {"chips"}
    last = findings[-1]
    assert (last.end, last.times, last.usual, last.mean) == (PRESENT + MINUTE_MS, 52, 2.0, 0.5)


async def test_a_rise_is_noted_once_however_often_it_is_looked_at(store: Store) -> None:
    await add(store, TRAFFIC, steady("chips", 30), spread("chips", RISE))
    first = await looked(store)
    again = [await looked(store, NOW_MS + n * MINUTE_MS) for n in range(3)]

    assert ([burst.key for burst in first], again) == (["chips"], [[], [], []])


async def test_a_burst_that_goes_on_for_hours_is_one_and_the_next_is_another(store: Store) -> None:
    await add(store, TRAFFIC, steady("chips", 30))
    await add(store, spread("chips", dict.fromkeys(range(600, 780), 2)))
    await add(store, spread("chips", dict.fromkeys(range(30), 4)))
    await looked(store)
    first, second = await rows(store)

    assert first["last"] - first["first"] > SEEN.window
    assert second["first"] - first["last"] > SEEN.window


async def test_a_late_burst_is_found_where_it_belongs(store: Store) -> None:
    ago = {300 + minute: 10 for minute in range(5)}
    await add(store, TRAFFIC, steady("chips", 30), spread("chips", ago))
    changed = Range(PRESENT - 304 * MINUTE_MS, PRESENT - 300 * MINUTE_MS)
    (burst,) = await noted(store, await found(store, changed))

    assert PRESENT - 304 * MINUTE_MS < burst.until.timestamp() * 1000 <= PRESENT - 239 * MINUTE_MS


async def test_the_same_burst_found_anew_has_the_same_id(store: Store) -> None:
    await add(store, TRAFFIC, steady("chips", 30), spread("chips", RISE))
    (first,) = await looked(store)
    await sweep(store, NOW_MS + 10 * MINUTE_MS, now=NOW_MS)
    (again,) = await looked(store)

    assert first == again


async def test_what_has_not_risen_with_everything_else_alone_is_no_burst(store: Store) -> None:
    everything = spread("", dict.fromkeys(range(HOUR), 40), "article")
    await add(store, TRAFFIC, everything, steady("chips", 6))
    await add(store, spread("chips", dict.fromkeys(range(HOUR), 2)))

    assert await found(store) == []


async def test_a_new_keyword_in_a_store_without_a_past_is_no_burst(store: Store) -> None:
    young = spread("", dict.fromkeys(range(HOUR), 5), "article")
    await add(store, young, spread("chips", dict.fromkeys(range(HOUR), 2)))

    assert await found(store) == []


async def test_articles_through_the_whole_way_make_one_burst(store: Store) -> None:
    calm = [row(result(f"calm {n}", [], ago=timedelta(minutes=30 * n))) for n in range(80)]
    risen = [row(result(f"risen {n}", ["chips"], ago=timedelta(minutes=n))) for n in range(12)]
    await write(store, calm)
    changes = Changes({LANE: SEEN})
    for article in [*risen, *risen]:
        changes.hear((await write(store, [article])).counted)
    for seen, changed in changes.take(NOW_MS):
        assert seen == SEEN
        await noted(store, await found(store, changed))

    assert [noted["key"] for noted in await rows(store)] == ["chips"]


@pytest.mark.postgres
async def test_consumers_that_find_the_same_at_once_note_it_once(postgres: Cluster) -> None:
    url = postgres.emptied()
    async with opened(url, KEPT) as one, opened(url, KEPT) as other:
        await add(one, TRAFFIC, *(steady(str(n), 30) for n in range(20)))
        await add(one, *(spread(str(n), RISE) for n in range(20)))
        found_by = await asyncio.gather(*(looked(store) for store in (one, other, one, other)))

        assert sorted(b.key for some in found_by for b in some) == sorted(map(str, range(20)))


@pytest.mark.postgres
async def test_consumers_that_count_the_same_keys_at_once_lose_and_double_nothing(
    postgres: Cluster,
) -> None:
    url, ahead = postgres.emptied(), NOW - datetime.now(UTC)
    articles = [row(result(f"Daily {n}", ago=ahead)) for n in range(200)]
    async with opened(url, KEPT) as one, opened(url, KEPT) as other:
        async with asyncio.TaskGroup() as tasks:
            for n in range(10):
                for store in (one, other):
                    tasks.create_task(store.write(articles[n * 10 :]))
        kept = await kept_numbers(one)

        assert kept == await counted_anew(one, time.time_ns() // 1_000_000)
        assert (
            sum(times for (figure, _, _), (times, _) in kept.items() if figure == "source") == 200
        )


def test_only_what_was_added_is_looked_at_again() -> None:
    changes = Changes({LANE: SEEN})
    added = Count(LANE, "keyword", PRESENT, "a", 1, 0)
    changes.hear(
        [added._replace(times=-1), added._replace(figure="source"), added._replace(lane="other")]
    )
    assert changes.take(NOW_MS) == []
    changes.hear([added, added._replace(bucket=PRESENT - 5 * MINUTE_MS)])

    assert [it.last - it.first for _, it in changes.take(NOW_MS)] in ([5 * MINUTE_MS], [0, 0])


def test_what_lies_too_far_back_or_ahead_is_not_looked_at() -> None:
    changes = Changes({LANE: SEEN})
    added = Count(LANE, "keyword", PRESENT, "a", 1, 0)
    far = (PRESENT - 23 * 60 * MINUTE_MS, PRESENT + 90 * MINUTE_MS)
    changes.hear([added._replace(bucket=bucket) for bucket in far])

    assert changes.take(NOW_MS) == []


def test_a_lane_without_a_rule_is_not_watched() -> None:
    plain = replace(KEPT.lanes[LANE], bursts=None)
    assert watched(Counting({LANE: plain})) == {}
