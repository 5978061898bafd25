"""A batch of rows into the tables, within one transaction that somebody else has begun."""

from collections.abc import Collection, Iterable, Sequence
from typing import TypeVar

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from consumer.store.rows import DeadLetterRow, ResultRow, Row, UnreadableRow, Written
from consumer.store.schema import DEAD_LETTERS, RESULTS, UNREADABLE

Kind = TypeVar("Kind", ResultRow, DeadLetterRow, UnreadableRow)

# Of what could not be taken apart, nobody knows when it arrived.
_AGES = {
    RESULTS: RESULTS.c.answered,
    DEAD_LETTERS: DEAD_LETTERS.c.arrived,
    UNREADABLE: UNREADABLE.c.stored,
}
# What a better answer does not change: `answered` gives the row its place in lists.
_KEPT = {"id", "answered"}
_REPLACE = update(RESULTS).where(RESULTS.c.id == bindparam("replaced_id"))


def write(
    connection: Connection, rows: Sequence[Row], now: int, forced: Collection[str] = ()
) -> Written:
    """Each row once: results by rank, all else first come; results of `forced` ids replace anyway.

    A row that somebody else inserts at the same moment raises IntegrityError: begin anew.
    """
    stored, replaced = _write_results(connection, _of(ResultRow, rows), now, forced)
    letters = _write_new(connection, DEAD_LETTERS, _of(DeadLetterRow, rows), now)
    unreadable = _write_new(connection, UNREADABLE, _of(UnreadableRow, rows), now)
    # Figures belong here, in this transaction: add those of `stored`, swap those of `replaced`.
    changed: list[Row] = [*stored, *letters, *unreadable]
    return Written(changed, replaced, len(rows) - len(changed) - len(replaced))


def mark_replayed(connection: Connection, ids: Sequence[str], now: int) -> None:
    """Count one more replay of each of these dead letters."""
    columns = DEAD_LETTERS.c
    statement = update(DEAD_LETTERS).where(columns.id.in_(ids))
    connection.execute(statement.values(replays=columns.replays + 1, replayed=now))


def delete_before(connection: Connection, table: Table, moment: int, most: int) -> int:
    """Delete at most so many rows that came before a moment, oldest first; says how many."""
    time = _AGES[table]
    oldest = select(table.c.id).where(time < moment).order_by(time).limit(most)
    return connection.execute(delete(table).where(table.c.id.in_(oldest))).rowcount


def _write_results(
    connection: Connection, rows: Sequence[ResultRow], now: int, forced: Collection[str]
) -> tuple[list[ResultRow], list[ResultRow]]:
    best = _best(rows, forced)
    ranks = _ranks(connection, best)
    new = [row for row in best.values() if row.id not in ranks]
    better = [
        row
        for row in best.values()
        if row.id in ranks and (row.rank > ranks[row.id] or row.id in forced)
    ]
    _insert(connection, RESULTS, new, now)
    if better:
        connection.execute(_REPLACE, [_change(row, now) for row in better])
    return new, better


def _change(row: ResultRow, now: int) -> dict[str, object]:
    changed = {name: value for name, value in row._asdict().items() if name not in _KEPT}
    return changed | {"stored": now, "replaced_id": row.id}


def _best(rows: Iterable[ResultRow], forced: Collection[str]) -> dict[str, ResultRow]:
    """One row per id, as if they had come one by one; in order of id, so that nobody deadlocks."""
    best: dict[str, ResultRow] = {}
    for row in rows:
        other = best.get(row.id)
        if other is None or row.rank > other.rank or row.id in forced:
            best[row.id] = row
    return dict(sorted(best.items()))


def _ranks(connection: Connection, ids: Iterable[str]) -> dict[str, int]:
    columns = RESULTS.c
    known = select(columns.id, columns.rank).where(columns.id.in_(list(ids)))
    # SQLite has one writer and ignores the lock; on PostgreSQL the ranks stay true until the end.
    locked = known.order_by(columns.id).with_for_update()
    return {row.id: row.rank for row in connection.execute(locked)}


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
        connection.exec_driver_sql(str(statement), [(*row, now) for row in rows])
    else:
        named = [row._asdict() | {"stored": now} for row in rows]
        connection.exec_driver_sql(str(statement), named)


def _of(kind: type[Kind], rows: Iterable[Row]) -> list[Kind]:
    return [row for row in rows if isinstance(row, kind)]
