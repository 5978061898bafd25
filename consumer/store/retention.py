"""Rows that are older than wanted are deleted, a few at a time, so that nobody waits for it."""

import asyncio
import time
from collections.abc import Callable
from functools import partial

import structlog
from sqlalchemy import Connection, Table

from consumer import metrics
from consumer.store import figures, writing
from consumer.store.schema import BURSTS, DEAD_LETTERS, FIGURES, RESULTS, UNREADABLE
from consumer.store.store import Store
from consumer.times import milliseconds_of
from inference.errors import Unavailable

INTERVAL = 300.0
AT_ONCE = 500
BREATH = 0.1
_DAY_MS = 86_400_000

log = structlog.get_logger(__name__)


async def retain(store: Store, days: float) -> None:
    """Delete what is older than so many days, for ever; 0 keeps all but what figures forget."""
    while True:
        now = time.time_ns() // 1_000_000
        try:
            if days:
                await sweep(store, now - int(days * _DAY_MS), now=now)
            await sweep_figures(store, now)
        except Unavailable as error:
            log.warning("old rows are not deleted now", reason=str(error))
        await asyncio.sleep(INTERVAL)


async def sweep(
    store: Store, before: int, at_once: int = AT_ONCE, *, now: int | None = None
) -> None:
    """Delete every row that came before a moment, and take off what it was counted as."""
    today = time.time_ns() // 1_000_000 if now is None else now
    results = partial(
        writing.delete_results_before, moment=before, most=at_once, now=today, kept=store.kept
    )
    await _all(store, RESULTS, results)
    for table in (DEAD_LETTERS, UNREADABLE, BURSTS):
        some = partial(writing.delete_before, table=table, moment=before, most=at_once)
        await _all(store, table, some)


async def sweep_figures(store: Store, now: int) -> None:
    """Delete every bucket that is older than its figure is kept."""
    for lane, kept in store.kept.lanes.items():
        for figure in kept.kept:
            before = now - milliseconds_of(figure.kept)
            old = partial(figures.delete_before, lane=lane, figure=figure.name, moment=before)
            await _all(store, FIGURES, old)


async def _all(store: Store, table: Table, some: Callable[[Connection], int]) -> None:
    while count := await store.change(some):
        metrics.DELETED.labels(table.name).inc(count)
        await asyncio.sleep(BREATH)
