"""Looks for bursts in the windows that hold what has changed."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import Connection

from consumer.bursts import rise
from consumer.bursts.changes import Range, Watched
from consumer.bursts.rise import Counted
from consumer.counting import shown
from consumer.store import counts
from consumer.store.counts import Amount, Stretch

NOTHING = Amount(0, 0)


class Finding(NamedTuple):
    """A key, the end of a window in which it is a burst, and how often it was there in it."""

    key: str
    end: int
    times: int
    usual: float
    mean: float


class Ends(NamedTuple):
    """The ends of the windows to look at, and where the first of these begins."""

    first: int
    last: int
    start: int

    @classmethod
    def of(cls, seen: Watched, changed: Range, now: int) -> "Ends":
        """All that a change touches, and none that ends after the bucket that it is now."""
        present = now - now % seen.width + seen.width
        first = changed.first + seen.width
        return cls(first, min(changed.last + seen.window, present), first - seen.window)


def look(connection: Connection, seen: Watched, changed: Range, now: int) -> list[Finding]:
    """Every burst in them, by key and time.

    All are held against one past, that before the first window: it never holds what it is about.
    """
    ends, least = Ends.of(seen, changed, now), seen.rule.least
    since = ends.start - seen.past
    stretch = Stretch(seen.lane, seen.figure.name, ends.start, ends.last)
    windows = counts.by_key(connection, stretch, least)
    if not windows:
        return []
    past = counts.before(connection, stretch, since, least)
    everything = Stretch(seen.lane, seen.rule.traffic, since, ends.last)
    traffic = _Traffic(counts.by_bucket(connection, everything), seen, ends)
    return [
        finding
        for key, buckets in sorted(windows.items())
        for finding in _findings(seen, ends, traffic, (key, buckets, past.get(key, 0)))
    ]


class _Traffic:
    """Everything there was, in each window and in the past that they share."""

    def __init__(self, buckets: Mapping[int, int], seen: Watched, ends: Ends) -> None:
        amounts = {bucket: Amount(times, 0) for bucket, times in buckets.items()}
        self.past = sum(times for bucket, times in buckets.items() if bucket < ends.start)
        self.windows = {end: amount.times for end, amount in _sliding(seen, ends, amounts)}


def _findings(
    seen: Watched,
    ends: Ends,
    traffic: _Traffic,
    of: tuple[str, Mapping[int, Amount], int],
) -> Iterator[Finding]:
    key, buckets, past = of
    usual = round(rise.usual(seen.rule, past), 2)
    for end, (times, total) in _sliding(seen, ends, buckets):
        everything = Counted(traffic.windows[end], traffic.past)
        if rise.is_burst(seen.rule, Counted(times, past), everything):
            yield Finding(key, end, times, usual, round(shown(total) / times, 4))


def _sliding(
    seen: Watched, ends: Ends, buckets: Mapping[int, Amount]
) -> Iterator[tuple[int, Amount]]:
    """What is in each window, by its end."""
    times, total = 0, 0
    for bucket in range(ends.start, ends.last, seen.width):
        came = buckets.get(bucket, NOTHING)
        left = bucket - seen.window
        gone = buckets.get(left, NOTHING) if left >= ends.start else NOTHING
        times, total = times + came.times - gone.times, total + came.total - gone.total
        end = bucket + seen.width
        if end >= ends.first:
            yield end, Amount(times, total)
