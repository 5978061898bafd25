"""Figures of keywords, as minutes of counts, straight into a store, and looks at them."""

from collections.abc import Mapping, Sequence
from functools import partial

from analysed import KEPT, LANE, NOW_MS
from sqlalchemy import Connection, RowMapping, select

from consumer.bursts.changes import Changes, Range, watched
from consumer.bursts.looking import Finding, look
from consumer.store import bursts, figures
from consumer.store.rows import Count
from consumer.store.schema import BURSTS
from consumer.store.store import Store
from inference.figures import Burst

MINUTE_MS = 60_000
PRESENT = NOW_MS - NOW_MS % MINUTE_MS
SEEN = watched(KEPT)[LANE]


def spread(key: str, minutes: Mapping[int, int], figure: str = "keyword") -> list[Count]:
    """So many, so many minutes ago."""
    return [
        Count(LANE, figure, PRESENT - ago * MINUTE_MS, key, times, times * 500_000)
        for ago, times in minutes.items()
    ]


def steady(key: str, every: int, figure: str = "keyword") -> list[Count]:
    """One every so many minutes, for two days."""
    return spread(key, dict.fromkeys(range(0, 2800, every), 1), figure)


TRAFFIC = steady("", 1, "article")


async def add(store: Store, *counts: Sequence[Count]) -> None:
    """Keep these."""
    together = sorted(count for some in counts for count in some)
    await store.change(partial(figures.change, counts=together))


async def found(store: Store, changed: Range | None = None, now: int = NOW_MS) -> list[Finding]:
    """What is found in what has changed, by default in the last hour."""
    last_hour = Range(PRESENT - 59 * MINUTE_MS, PRESENT)
    look_at = partial(look, seen=SEEN, changed=changed or last_hour, now=now)
    return await store.ask(look_at)


async def noted(store: Store, findings: Sequence[Finding], now: int = NOW_MS) -> list[Burst]:
    """Those that were new."""
    return await store.change(partial(bursts.note, seen=SEEN, findings=findings, now=now))


async def looked(store: Store, now: int = NOW_MS) -> list[Burst]:
    """A look at everything, as after a start."""
    changes = Changes({LANE: SEEN})
    changes.everything(now)
    every = [await found(store, changed, now) for _, changed in changes.take(now)]
    return await noted(store, [finding for some in every for finding in some], now)


async def rows(store: Store) -> Sequence[RowMapping]:
    """All bursts that were noted."""
    return await store.ask(_rows)


def _rows(connection: Connection) -> Sequence[RowMapping]:
    return connection.execute(select(BURSTS).order_by(BURSTS.c.first)).mappings().all()
