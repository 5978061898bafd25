"""What results are counted as: a lane's figures become changes of numbers. Pure: no store."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Self

import structlog
from pydantic_core import from_json, to_json

from consumer import metrics
from consumer.store.rows import Count, ResultRow
from consumer.store.text import indexed
from consumer.times import milliseconds, milliseconds_of
from inference import lanes
from inference.contract import Result
from inference.figures import Addition, AnyFigures, Figure

MILLION = 1_000_000
# A result that adds more than this has got its figures wrong; and no bucket's sum may overflow.
MOST_ADDITIONS = 100
LARGEST = 1_000_000_000_000
# A bucket is closed before it is deleted: a change that comes too late must not bring it back.
GRACE_MS = 3_600_000
# Whatever a lane's own function may stumble over; its results are kept all the same.
FAULTS = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Counting:
    """The figures of every lane that keeps some."""

    lanes: Mapping[str, AnyFigures] = field(default_factory=dict)

    @classmethod
    def found(cls) -> Self:
        """Those of the lanes there are."""
        found = {name: lanes.figures(name) for name in lanes.packages()}
        return cls({name: figures for name, figures in found.items() if figures is not None})

    def counts(self, row: ResultRow, now: int) -> list[Count]:
        """What a result adds; nothing where its lane cannot say, which is no reason to lose it."""
        figures = self.lanes.get(row.lane)
        if figures is None:
            return []
        try:
            result = Result[figures.answer].model_validate_json(row.document)  # type: ignore[name-defined] # a type only at run time
            additions = list(islice(figures.additions(result), MOST_ADDITIONS))
            return net(_counts(row.lane, figures, additions, now))
        except FAULTS as error:
            metrics.UNCOUNTED.labels(row.lane).inc()
            log.warning("result not counted", lane=row.lane, id=row.id, error=type(error).__name__)
            return []

    def taken_off(self, lane: str, counted: str | None, now: int) -> list[Count]:
        """What a row that goes had been counted as, with the sign turned."""
        if counted is None:
            return []
        found = (Count(lane, *values) for values in from_json(counted))
        return [
            it._replace(times=-it.times, total=-it.total) for it in found if self._open(it, now)
        ]

    def _open(self, count: Count, now: int) -> bool:
        figures = self.lanes.get(count.lane)
        figure = figures.figure(count.figure) if figures else None
        return figure is not None and is_open(figure, count.bucket, now)


NOTHING = Counting()


def written(counts: Iterable[Count]) -> str | None:
    """What a row was counted as, in the form in which the row keeps it."""
    values = [count[1:] for count in counts]
    return to_json(values).decode() if values else None


def net(counts: Iterable[Count]) -> list[Count]:
    """What they come to, in the order in which it is to be written."""
    sums: dict[tuple[str, str, int, str], list[int]] = defaultdict(lambda: [0, 0])
    for lane, figure, bucket, key, times, total in counts:
        entry = sums[lane, figure, bucket, key]
        entry[0] += times
        entry[1] += total
    return [Count(*at, *change) for at, change in sorted(sums.items()) if any(change)]


def is_open(figure: Figure, bucket: int, now: int) -> bool:
    """Whether this bucket may still change; those far ahead of their time never open."""
    kept = milliseconds_of(figure.kept)
    return now - kept + GRACE_MS <= bucket <= now + kept


def _counts(
    lane: str, figures: AnyFigures, additions: Iterable[Addition], now: int
) -> Iterable[Count]:
    for addition in additions:
        figure = figures.figure(addition.figure)
        if figure is None:
            message = "an addition to a figure that is not declared"
            raise LookupError(message)
        bucket = _bucket(figure, milliseconds(addition.at))
        if is_open(figure, bucket, now):
            yield Count(lane, figure.name, bucket, indexed(addition.key), 1, _millionths(addition))


def _bucket(figure: Figure, moment: int) -> int:
    return moment - moment % milliseconds_of(figure.width)


def _millionths(addition: Addition) -> int:
    return max(-LARGEST, min(LARGEST, round(addition.amount * MILLION)))


def shown(total: int) -> float:
    """A sum of millionths as an amount."""
    return total / MILLION
