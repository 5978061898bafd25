"""Counts by bucket out of the tables, for those who look for bursts."""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, func, select

from consumer.store.schema import FIGURES
from inference.figures import MOST_KEYS


class Stretch(NamedTuple):
    """Buckets of a lane's figure, from `since` on and before `until`."""

    lane: str
    figure: str
    since: int
    until: int


class Amount(NamedTuple):
    """How often, and how much together, in millionths."""

    times: int
    total: int


def by_bucket(connection: Connection, stretch: Stretch) -> Mapping[int, int]:
    """Of all keys together."""
    columns = FIGURES.c
    statement = select(columns.bucket, func.sum(columns.times)).where(*_within(stretch))
    found = connection.execute(statement.group_by(columns.bucket))
    return {bucket: int(times) for bucket, times in found}


def by_key(
    connection: Connection, stretch: Stretch, least: int
) -> Mapping[str, Mapping[int, Amount]]:
    """Of every key that comes to so many: each of its buckets."""
    columns = FIGURES.c
    mine = columns.key.in_(_frequent(stretch, least))
    statement = select(columns.key, columns.bucket, columns.times, columns.total)
    found: dict[str, dict[int, Amount]] = defaultdict(dict)
    for key, bucket, times, total in connection.execute(statement.where(*_within(stretch), mine)):
        found[key][bucket] = Amount(times, total)
    return found


def before(connection: Connection, stretch: Stretch, since: int, least: int) -> Mapping[str, int]:
    """Of the same keys: how often they were there from a moment on, and before the stretch."""
    columns = FIGURES.c
    past = stretch._replace(since=since, until=stretch.since)
    mine = columns.key.in_(_frequent(stretch, least))
    statement = select(columns.key, func.sum(columns.times)).where(*_within(past), mine)
    found = connection.execute(statement.group_by(columns.key))
    return {key: int(times) for key, times in found}


def _frequent(stretch: Stretch, least: int) -> Select[tuple[str]]:
    key, times = FIGURES.c.key, func.sum(FIGURES.c.times)
    often = select(key).where(*_within(stretch)).group_by(key).having(times >= least)
    return often.order_by(times.desc(), key).limit(MOST_KEYS)


def _within(stretch: Stretch) -> list[ColumnElement[bool]]:
    columns = FIGURES.c
    return [
        columns.lane == stretch.lane,
        columns.figure == stretch.figure,
        columns.bucket >= stretch.since,
        columns.bucket < stretch.until,
    ]
