"""Rows that are older than wanted are deleted, a few at a time, so that nobody waits for it."""

import asyncio
import time
from functools import partial

import structlog

from consumer import metrics
from consumer.store import writing
from consumer.store.schema import DEAD_LETTERS, RESULTS, UNREADABLE
from consumer.store.store import Store
from inference.errors import Unavailable

INTERVAL = 300.0
AT_ONCE = 500
BREATH = 0.1
_DAY_MS = 86_400_000

log = structlog.get_logger(__name__)


async def retain(store: Store, days: float) -> None:
    """Delete what is older than so many days, for ever; 0 keeps everything."""
    while days:
        try:
            await sweep(store, time.time_ns() // 1_000_000 - int(days * _DAY_MS))
        except Unavailable as error:
            log.warning("old rows are not deleted now", reason=str(error))
        await asyncio.sleep(INTERVAL)


async def sweep(store: Store, before: int, at_once: int = AT_ONCE) -> None:
    """Delete every row that came before a moment."""
    for table in (RESULTS, DEAD_LETTERS, UNREADABLE):
        while count := await store.change(
            partial(writing.delete_before, table=table, moment=before, most=at_once)
        ):
            metrics.DELETED.labels(table.name).inc(count)
            await asyncio.sleep(BREATH)
