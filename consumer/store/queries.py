"""What is asked of the tables, within one transaction that somebody else has begun."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    Table,
    exists,
    select,
    tuple_,
)

from consumer.store.cursor import Cursor
from consumer.store.schema import DEAD_LETTERS, RESULTS, UNREADABLE
from consumer.store.text import indexed


class Question(NamedTuple):
    """Whose answers: a request's id, and where it is not enough its source and lane."""

    request_id: str
    source: str | None = None
    lane: str | None = None


@dataclass(frozen=True)
class Span:
    """Which part of a list, newest first: from `since` on, before `until`, after the cursor."""

    limit: int
    since: int | None = None
    until: int | None = None
    after: Cursor | None = None


class Page(NamedTuple):
    """Rows, and where the next ones begin; None at the end of the list."""

    rows: Sequence[RowMapping]
    next: Cursor | None


def answers(connection: Connection, question: Question) -> list[str]:
    """The documents of every answer to a request."""
    columns = RESULTS.c
    statement = select(columns.document).where(*_of(RESULTS, question))
    return list(connection.scalars(statement.order_by(columns.answered, columns.id)))


def refusals(connection: Connection, question: Question) -> Sequence[RowMapping]:
    """The dead letters of a request that were not replayed since."""
    columns = DEAD_LETTERS.c
    statement = select(columns.id, columns.reason, columns.stage, columns.detail)
    waiting = statement.where(*_of(DEAD_LETTERS, question), columns.replayed.is_(None))
    return connection.execute(waiting.order_by(columns.arrived, columns.id)).mappings().all()


def results(connection: Connection, span: Span, lane: str | None, key: str | None) -> Page:
    """Documents, newest first."""
    columns = RESULTS.c
    statement = select(columns.document, columns.answered.label("time"), columns.id)
    wanted = _equal((columns.lane, lane), (columns.key, key))
    return _page(connection, statement.where(*wanted), span, (columns.answered, columns.id))


def dead_letters(connection: Connection, span: Span, lane: str | None, reason: str | None) -> Page:
    """Dead letters with their places, newest first."""
    columns = DEAD_LETTERS.c
    wanted = _equal((columns.lane, lane), (columns.reason, reason))
    statement = _dead_letter().where(*wanted)
    return _page(connection, statement, span, (columns.arrived, columns.id))


def dead_letter(connection: Connection, identity: str) -> RowMapping | None:
    """One dead letter."""
    statement = _dead_letter().where(DEAD_LETTERS.c.id == identity)
    return connection.execute(statement).mappings().one_or_none()


def replayable(
    connection: Connection, span: Span, lane: str | None, reason: str | None, *, again: bool
) -> list[str]:
    """Ids of dead letters, oldest first; those replayed before only if again."""
    columns = DEAD_LETTERS.c
    wanted = _equal((columns.lane, lane), (columns.reason, reason))
    if not again:
        wanted.append(columns.replayed.is_(None))
    statement = select(columns.id).where(*wanted, *_within(columns.arrived, span))
    oldest = statement.order_by(columns.arrived, columns.id).limit(span.limit)
    return list(connection.scalars(oldest))


def replayed_before(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Those of these dead letters that were replayed already."""
    columns = DEAD_LETTERS.c
    statement = select(columns.id).where(columns.id.in_(ids), columns.replayed.is_not(None))
    return set(connection.scalars(statement))


def unreadable(connection: Connection, span: Span) -> Page:
    """Places of records that could not be understood, last found first."""
    columns = UNREADABLE.c
    statement = select(UNREADABLE, columns.stored.label("time"))
    return _page(connection, statement, span, (columns.stored, columns.id))


def _dead_letter() -> Select[tuple[object, ...]]:
    letters, answered = DEAD_LETTERS.c, RESULTS.c
    # Whether somebody answered the request after all, after a replay or from another worker.
    later = exists().where(
        answered.request_id == letters.request_id,
        answered.source == letters.source,
        answered.lane == letters.lane,
    )
    return select(DEAD_LETTERS, letters.arrived.label("time"), later.label("answered"))


def _of(table: Table, question: Question) -> list[ColumnElement[bool]]:
    columns = table.c
    narrowed = _equal((columns.source, question.source), (columns.lane, question.lane))
    return [columns.request_id == indexed(question.request_id), *narrowed]


def _equal(*wanted: tuple[ColumnElement[str], str | None]) -> list[ColumnElement[bool]]:
    return [column == indexed(value) for column, value in wanted if value is not None]


def _within(time: ColumnElement[int], span: Span) -> list[ColumnElement[bool]]:
    since = [] if span.since is None else [time >= span.since]
    return since if span.until is None else [*since, time < span.until]


def _page(
    connection: Connection,
    statement: Select[tuple[object, ...]],
    span: Span,
    order: tuple[ColumnElement[int], ColumnElement[str]],
) -> Page:
    time, identity = order
    statement = statement.where(*_within(time, span))
    if span.after is not None:
        # The first half is implied by the second, and lets the index on time alone serve.
        statement = statement.where(
            time <= span.after.time, tuple_(time, identity) < tuple_(*span.after)
        )
    newest = statement.order_by(time.desc(), identity.desc()).limit(span.limit + 1)
    rows = connection.execute(newest).mappings().all()
    shown = rows[: span.limit]
    last = shown[-1] if len(rows) > span.limit else None
    return Page(shown, None if last is None else Cursor(last["time"], last["id"]))
