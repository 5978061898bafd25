"""Batches into the store, however long it is away, and whatever is in them."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import structlog

from consumer import metrics
from consumer.condition import Condition
from consumer.store.errors import Unstorable
from consumer.store.rows import (
    Count,
    DeadLetterRow,
    Place,
    ResultRow,
    Row,
    UnreadableRow,
    Written,
    unreadable,
)
from consumer.store.store import Store
from consumer.store.text import clipped
from consumer.waiting import pause
from inference.contract import Headers, Reason
from inference.errors import Unavailable

PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
RESULTS, DEAD_LETTERS, OTHER = "results", "dead-letters", "other"
_REASONS = frozenset(Reason)

log = structlog.get_logger(__name__)


class Entry(NamedTuple):
    """A row, the record that it was made of, and what kind of topic that lay in."""

    place: Place
    kind: str
    row: Row
    headers: Headers = ()


def _nobody(_counts: Sequence[Count]) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True)
class Keeper:
    """Sees every batch into the store; the only task that writes results.

    `tell` hears what each batch changed in figures.
    """

    store: Store
    condition: Condition
    lanes: frozenset[str]
    tell: Callable[[Sequence[Count]], None] = _nobody

    async def keep(self, entries: Sequence[Entry], stop: asyncio.Event) -> bool:
        """True once the store has them all; False if stopped before."""
        tries = 0
        while not stop.is_set():
            try:
                await self._write(entries)
            except Unavailable as error:
                self.condition.store = str(error)
                metrics.STORE_FAILURES.inc()
                log.warning("batch waits for the store", records=len(entries), reason=str(error))
                await pause(stop, PAUSES[min(tries, len(PAUSES) - 1)])
                tries += 1
            else:
                self.condition.store = None
                return True
        return False

    async def _write(self, entries: Sequence[Entry]) -> None:
        """Write them; a batch is halved until the row that the store refuses stands alone."""
        rows = [entry.row for entry in entries]
        try:
            with metrics.STORE_SECONDS.time(), self.condition.writing():
                written = await self.store.write(rows)
        except Unstorable as error:
            await self._write_halves(entries, error)
        else:
            metrics.BATCH_SIZE.observe(len(rows))
            self._count(entries, written)
            self.tell(written.counted)

    async def _write_halves(self, entries: Sequence[Entry], error: Unstorable) -> None:
        middle = len(entries) // 2
        if middle:
            await self._write(entries[:middle])
            await self._write(entries[middle:])
            return
        (entry,) = entries
        if isinstance(entry.row, UnreadableRow):
            # Not even its place can be kept: that is no fault of the record's.
            raise Unavailable(str(error)) from error
        await self._write([entry._replace(row=unreadable(entry.place, str(error)))])

    def _count(self, entries: Sequence[Entry], written: Written) -> None:
        kinds = {entry.place.topic: entry.kind for entry in entries}
        outcomes = Counter(_outcome(row, kinds) for row in written.stored)
        outcomes[RESULTS, "replaced"] += len(written.replaced)
        changed = Counter[str]()
        for (kind, outcome), count in outcomes.items():
            metrics.RECORDS.labels(kind, outcome).inc(count)
            changed[kind] += count
        for kind, count in (Counter(entry.kind for entry in entries) - changed).items():
            metrics.RECORDS.labels(kind, "repeated").inc(count)
        self._count_letters(written.stored)
        _tell_unreadable(entries, written.stored)

    def _count_letters(self, stored: Sequence[Row]) -> None:
        for row in stored:
            if isinstance(row, DeadLetterRow):
                lane = row.lane if row.lane in self.lanes else OTHER
                reason = row.reason if row.reason in _REASONS else OTHER
                metrics.DEAD_LETTERS.labels(lane, reason).inc()


def _tell_unreadable(entries: Sequence[Entry], stored: Sequence[Row]) -> None:
    new = {row.id for row in stored if isinstance(row, UnreadableRow)}
    for entry in entries if new else ():
        if isinstance(entry.row, UnreadableRow) and entry.row.id in new:
            log.warning("unreadable record", why=entry.row.why, **_named(entry))


def _named(entry: Entry) -> dict[str, str | int]:
    """What tells a record apart in a log: its place, and its id and trace where it has them."""
    headers = dict(entry.headers)
    given = headers.get("ce_id") or headers.get("dlq.id")
    said = {"ce_id": given, "trace": headers.get("traceparent")}
    known = {name: clipped(value.decode(errors="replace")) for name, value in said.items() if value}
    place = entry.place
    return {**known, "topic": place.topic, "partition": place.partition, "offset": place.offset}


def _outcome(row: Row, kinds: Mapping[str, str]) -> tuple[str, str]:
    if isinstance(row, UnreadableRow):
        return kinds[row.topic], "unreadable"
    return (RESULTS if isinstance(row, ResultRow) else DEAD_LETTERS), "stored"
