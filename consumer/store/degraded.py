"""Answers that a rung below the best one gave, out of the tables."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, select

from consumer.store.schema import RESULTS
from consumer.store.text import indexed
from consumer.store.wanted import Degraded, Wanted


def ids(connection: Connection, wanted: Wanted) -> list[str]:
    """What there is of them now."""
    columns = RESULTS.c
    criteria: list[ColumnElement[bool]] = [columns.degraded]
    if wanted.lane is not None:
        criteria.append(columns.lane == indexed(wanted.lane))
    if wanted.since is not None:
        criteria.append(columns.answered >= wanted.since)
    if wanted.until is not None:
        criteria.append(columns.answered < wanted.until)
    if not wanted.again:
        criteria.append(columns.replayed.is_(None))
    order = (columns.replays, columns.answered, columns.id)
    statement = select(columns.id).where(*criteria).order_by(*order)
    return list(connection.scalars(statement.limit(wanted.limit)))


def answers(connection: Connection, ids: Sequence[str]) -> list[Degraded]:
    """In the order of the ids; what has a full answer by now is left out."""
    columns = RESULTS.c
    statement = select(*(columns[name] for name in Degraded._fields))
    found = connection.execute(statement.where(columns.id.in_(ids), columns.degraded))
    by_id = {row.id: Degraded(*row) for row in found}
    return [by_id[one] for one in ids if one in by_id]
