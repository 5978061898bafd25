"""Which buckets have changed since somebody looked: a range for each window's length of time."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from consumer.counting import GRACE_MS, Counting
from consumer.store.rows import Count
from consumer.times import milliseconds_of
from inference.figures import AnyFigures, Figure, Rule


class Watched(NamedTuple):
    """A figure whose bursts are looked for."""

    lane: str
    figure: Figure
    rule: Rule

    @property
    def width(self) -> int:
        """Of a bucket, in milliseconds."""
        return milliseconds_of(self.figure.width)

    @property
    def window(self) -> int:
        """Its length in milliseconds."""
        return milliseconds_of(self.rule.window)

    @property
    def past(self) -> int:
        """Its length in milliseconds."""
        return milliseconds_of(self.rule.past)

    @property
    def reach(self) -> int:
        """How far back there still is enough of a past to hold a window against."""
        kept = milliseconds_of(self.figure.kept) - GRACE_MS
        return kept - self.past - self.window


class Range(NamedTuple):
    """The starts of the first and the last bucket that changed."""

    first: int
    last: int


def watched(kept: Counting) -> Mapping[str, Watched]:
    """By lane, what is looked at."""
    found = {lane: _watched(lane, figures) for lane, figures in kept.lanes.items()}
    return {lane: it for lane, it in found.items() if it is not None}


class Changes:
    """Hears of every batch; few numbers, however many results there are."""

    def __init__(self, watched: Mapping[str, Watched]) -> None:
        self._watched = watched
        self._ranges: dict[tuple[str, int], Range] = {}

    def hear(self, counts: Iterable[Count]) -> None:
        """These were stored; what was taken off makes nothing rise."""
        for count in counts:
            seen = self._watched.get(count.lane)
            if seen and count.times > 0 and count.figure == seen.figure.name:
                self._add(seen, count.bucket)

    def everything(self, now: int) -> None:
        """Nobody knows what changed: all may have."""
        for seen in self._watched.values():
            for bucket in range(now - seen.reach, now + 1, seen.width):
                self._add(seen, bucket - bucket % seen.width)

    def take(self, now: int) -> list[tuple[Watched, Range]]:
        """All that changed so far, oldest first; without what is too old, or lies ahead."""
        taken = [(self._watched[lane], it) for (lane, _), it in sorted(self._ranges.items())]
        self._ranges = {}
        return [(s, it) for s, it in taken if it.first >= now - s.reach and it.first <= now]

    def give_back(self, taken: Iterable[tuple[Watched, Range]]) -> None:
        """These could not be looked at."""
        for seen, changed in taken:
            self._add(seen, changed.first)
            self._add(seen, changed.last)

    def _add(self, seen: Watched, bucket: int) -> None:
        at = (seen.lane, bucket // seen.window)
        known = self._ranges.get(at, Range(bucket, bucket))
        self._ranges[at] = Range(min(known.first, bucket), max(known.last, bucket))


def _watched(lane: str, figures: AnyFigures) -> Watched | None:
    rule = figures.bursts
    figure = figures.figure(rule.figure) if rule else None
    return Watched(lane, figure, rule) if rule and figure else None
