"""Figures in the tables, within one transaction that somebody else has begun."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, delete, func, select, text

from consumer.counting import shown
from consumer.store.rows import Count
from consumer.store.schema import FIGURES
from consumer.store.text import indexed
from consumer.times import milliseconds
from inference.figures import MOST_KEYS, Reading, Total

AT_ONCE_MS = 600_000
# The same words on SQLite and PostgreSQL; one statement, so that rows are locked in one order.
_ADD = text(
    "INSERT INTO figures (lane, figure, bucket, key, times, total)"
    " VALUES (:lane, :figure, :bucket, :key, :times, :total)"
    " ON CONFLICT (lane, figure, bucket, key) DO UPDATE"
    " SET times = figures.times + excluded.times, total = figures.total + excluded.total"
)


def change(connection: Connection, counts: Sequence[Count]) -> None:
    """Change these figures, which are in order."""
    if not counts:
        return
    # Straight to the driver, as results are inserted; a Count has its values in this very order.
    statement = _ADD.compile(dialect=connection.dialect)
    if statement.positional:
        connection.exec_driver_sql(str(statement), list(counts))
    else:
        connection.exec_driver_sql(str(statement), [count._asdict() for count in counts])


def totals(connection: Connection, lane: str, reading: Reading) -> list[Total]:
    """What a lane's view reads: by key, those that count most first, and no more than are shown."""
    columns = FIGURES.c
    times, total = func.sum(columns.times), func.sum(columns.total)
    statement = (
        select(columns.key, times, total)
        .where(*_within(lane, reading), *_chosen(reading))
        .group_by(columns.key)
        .having(times >= max(1, reading.least))
        .order_by(times.desc(), columns.key)
    )
    found = connection.execute(statement.limit(MOST_KEYS))
    return [Total(key, int(count), shown(int(amount))) for key, count, amount in found]


def delete_before(connection: Connection, lane: str, figure: str, moment: int) -> int:
    """Delete the oldest buckets of a figure before a moment, some of them; says how many rows."""
    columns = FIGURES.c
    mine = (columns.lane == lane, columns.figure == figure)
    oldest = connection.scalar(select(func.min(columns.bucket)).where(*mine))
    if oldest is None or oldest >= moment:
        return 0
    ending = min(moment, oldest + AT_ONCE_MS)
    return connection.execute(delete(FIGURES).where(*mine, columns.bucket < ending)).rowcount


def _within(lane: str, reading: Reading) -> list[ColumnElement[bool]]:
    columns = FIGURES.c
    return [
        columns.lane == lane,
        columns.figure == reading.figure,
        columns.bucket >= milliseconds(reading.since),
        columns.bucket < milliseconds(reading.until),
    ]


def _chosen(reading: Reading) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = []
    if reading.keys:
        chosen.append(FIGURES.c.key.in_([indexed(key) for key in reading.keys]))
    if reading.contains:
        chosen.append(FIGURES.c.key.icontains(indexed(reading.contains), autoescape=True))
    return chosen
