"""A batch of rows into the tables, within one transaction that somebody else has begun."""

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from consumer import counting
from consumer.counting import NOTHING, Counting
from consumer.store import figures
from consumer.store.rows import Count, DeadLetterRow, ResultRow, Row, UnreadableRow, Written
from consumer.store.schema import BURSTS, DEAD_LETTERS, RESULTS, UNREADABLE

Kind = TypeVar("Kind", ResultRow, DeadLetterRow, UnreadableRow)

# Of what could not be taken apart, nobody knows when it arrived.
_AGES = {
    RESULTS: RESULTS.c.answered,
    DEAD_LETTERS: DEAD_LETTERS.c.arrived,
    UNREADABLE: UNREADABLE.c.stored,
    BURSTS: BURSTS.c.last,
}
# What a better answer does not change: `answered` gives the row its place in lists.
_KEPT = {"id", "answered"}
_REPLACE = update(RESULTS).where(RESULTS.c.id == bindparam("replaced_id"))


class Standing(NamedTuple):
    """What a later answer to the same question is held against."""

    quality: tuple[int, bool]
    asked_at: tuple[str, int, int]
    forced: bool = False

    def gives_way_to(self, row: ResultRow) -> bool:
        """To a better one; where that is forced, to whatever came of asking again."""
        return _quality(row) > self.quality or (self.forced and self.asked_at != _asked_at(row))


class Results(NamedTuple):
    """What became of the results of a batch, and what that came to in figures."""

    new: Sequence[ResultRow]
    better: Sequence[ResultRow]
    counts: Sequence[Count]


def write(
    connection: Connection, rows: Sequence[Row], now: int, kept: Counting = NOTHING
) -> Written:
    """Each row once: results by rank, or where it is forced the next one; all else first come.

    Figures change with their results, or not at all. A row that somebody else inserts at the same
    moment raises IntegrityError: begin anew.
    """
    results = _write_results(connection, _of(ResultRow, rows), now, kept)
    letters = _write_new(connection, DEAD_LETTERS, _of(DeadLetterRow, rows), now)
    unreadable = _write_new(connection, UNREADABLE, _of(UnreadableRow, rows), now)
    figures.change(connection, results.counts)
    changed: list[Row] = [*results.new, *letters, *unreadable]
    repeated = len(rows) - len(changed) - len(results.better)
    return Written(changed, results.better, repeated, results.counts)


def mark_replayed(connection: Connection, ids: Sequence[str], now: int) -> None:
    """Count one more replay of each of these dead letters."""
    columns = DEAD_LETTERS.c
    statement = update(DEAD_LETTERS).where(columns.id.in_(ids))
    connection.execute(statement.values(replays=columns.replays + 1, replayed=now))


def force(connection: Connection, ids: Sequence[str]) -> None:
    """Let the next answer that comes of asking again replace each of these, whatever its rank."""
    _change_in_order(connection, ids, {"forced": True})


def mark_asked_again(connection: Connection, ids: Sequence[str], now: int) -> None:
    """Count one more replay of the questions that these answer."""
    _change_in_order(connection, ids, {"replays": RESULTS.c.replays + 1, "replayed": now})


def delete_before(connection: Connection, table: Table, moment: int, most: int) -> int:
    """Delete at most so many rows that came before a moment, oldest first; says how many."""
    time = _AGES[table]
    oldest = select(table.c.id).where(time < moment).order_by(time).limit(most)
    return connection.execute(delete(table).where(table.c.id.in_(oldest))).rowcount


def delete_results_before(
    connection: Connection, moment: int, most: int, now: int, kept: Counting = NOTHING
) -> int:
    """The same for results: with each goes what it was counted as, where that is still kept."""
    columns = RESULTS.c
    oldest = select(columns.id).where(columns.answered < moment).order_by(columns.answered)
    ids = list(connection.scalars(oldest.limit(most)))
    figures.change(connection, counting.net(_taken_off(connection, ids, now, kept)))
    return connection.execute(delete(RESULTS).where(columns.id.in_(ids))).rowcount


def _write_results(
    connection: Connection, rows: Sequence[ResultRow], now: int, kept: Counting
) -> Results:
    known = _standing(connection, {row.id for row in rows})
    added: list[Count] = []
    best: list[ResultRow] = []
    for row in _best(rows, known):
        counts = kept.counts(row, now)
        best.append(row._replace(counted=counting.written(counts)))
        added += counts
    new = [row for row in best if row.id not in known]
    better = [row for row in best if row.id in known]
    gone = _taken_off(connection, [row.id for row in better], now, kept)
    _insert(connection, RESULTS, new, now)
    if better:
        connection.execute(_REPLACE, [_change(row, now) for row in better])
    return Results(new, better, counting.net([*added, *gone]))


def _taken_off(connection: Connection, ids: Sequence[str], now: int, kept: Counting) -> list[Count]:
    """What these rows had been counted as, with the sign turned; they stay locked."""
    if not ids:
        return []
    columns = RESULTS.c
    there = select(columns.lane, columns.counted).where(columns.id.in_(ids)).order_by(columns.id)
    found = connection.execute(there.with_for_update()).all()
    return [count for lane, counted in found for count in kept.taken_off(lane, counted, now)]


def _change(row: ResultRow, now: int) -> dict[str, object]:
    changed = {name: value for name, value in row._asdict().items() if name not in _KEPT}
    return changed | {"stored": now, "forced": False, "replaced_id": row.id}


def _best(rows: Iterable[ResultRow], known: Mapping[str, Standing]) -> list[ResultRow]:
    """What they leave as if they came one by one; in order of id, so that nobody deadlocks."""
    standing, kept = dict(known), dict[str, ResultRow]()
    for row in rows:
        there = standing.get(row.id)
        if there is None or there.gives_way_to(row):
            standing[row.id], kept[row.id] = Standing(_quality(row), _asked_at(row)), row
    return [row for _, row in sorted(kept.items())]


def _quality(row: ResultRow) -> tuple[int, bool]:
    """The rung's level, and whether it was the best there was: two rungs may be of one level."""
    return row.rank, not row.degraded


def _asked_at(row: ResultRow) -> tuple[str, int, int]:
    """Where the question lay; asked again, it lies elsewhere."""
    return row.request_topic, row.request_partition, row.request_offset


def _standing(connection: Connection, ids: Iterable[str]) -> dict[str, Standing]:
    columns = RESULTS.c
    place = (columns.request_topic, columns.request_partition, columns.request_offset)
    known = select(columns.id, columns.rank, columns.degraded, columns.forced, *place)
    # SQLite has one writer and ignores the lock; on PostgreSQL this stays true until the end.
    locked = known.where(columns.id.in_(list(ids))).order_by(columns.id).with_for_update()
    return {
        identity: Standing((rank, not degraded), (topic, partition, offset), forced)
        for identity, rank, degraded, forced, topic, partition, offset in connection.execute(locked)
    }


def _change_in_order(
    connection: Connection, ids: Sequence[str], changes: Mapping[str, object]
) -> None:
    """Change results while others write: they are locked by id first, so that nobody deadlocks."""
    column = RESULTS.c.id
    chosen = select(column).where(column.in_(ids)).order_by(column).with_for_update()
    there = list(connection.scalars(chosen))
    connection.execute(update(RESULTS).where(column.in_(there)).values(**changes))


def _write_new(connection: Connection, table: Table, rows: list[Kind], now: int) -> list[Kind]:
    if not rows:
        return []
    once = dict(sorted((row.id, row) for row in reversed(rows)))
    known = set(connection.scalars(select(table.c.id).where(table.c.id.in_(list(once)))))
    new = [row for row in once.values() if row.id not in known]
    _insert(connection, table, new, now)
    return new


def _insert(connection: Connection, table: Table, rows: Sequence[Row], now: int) -> None:
    """Straight to the driver: SQLAlchemy's own way takes as long again as SQLite itself."""
    if not rows:
        return
    columns = (*rows[0]._fields, "stored")
    statement = insert(table).compile(dialect=connection.dialect, column_keys=columns)
    if statement.positional:
        # The columns stand in the table's order, which is not that of the row.
        ordered = itemgetter(*map(columns.index, statement.positiontup or ()))
        connection.exec_driver_sql(str(statement), [ordered((*row, now)) for row in rows])
    else:
        named = [row._asdict() | {"stored": now} for row in rows]
        connection.exec_driver_sql(str(statement), named)


def _of(kind: type[Kind], rows: Iterable[Row]) -> list[Kind]:
    return [row for row in rows if isinstance(row, kind)]
