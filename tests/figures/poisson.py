"""Seeded traffic, as counts per minute, and what the rule finds in it."""

import numpy as np
from numpy.typing import NDArray

from consumer.bursts.rise import Counted, is_burst
from inference.lanes.news_analysis.figures import FIGURES

Counts = NDArray[np.int64]
Rates = NDArray[np.float64]

assert FIGURES.bursts is not None
RULE = FIGURES.bursts
WINDOW, PAST, DAY = 60, 1440, 1440
PER_ARTICLE = 3


def zipf(keys: int, most: float) -> Rates:
    """Rates per hour, of which few are high and many are low, as those of words are."""
    rates: Rates = most / np.arange(1, keys + 1, dtype=np.float64) ** 0.9
    return rates


def traffic(seed: int, hourly: Rates, minutes: int) -> Counts:
    """Counts per keyword and minute."""
    return np.random.default_rng(seed).poisson(hourly[:, None] / 60, (len(hourly), minutes))


def articles(counts: Counts) -> Counts:
    """How many there are, if each has so many keywords."""
    return np.asarray(counts.sum(axis=0) // PER_ARTICLE + 1)


def bursts(counts: Counts, articles: Counts) -> list[int]:
    """The ends of the windows in which each burst of one keyword is found first."""
    key, every = _summed(counts), _summed(articles)
    found: list[int] = []
    last = -WINDOW
    for end in _candidates(key):
        if is_burst(RULE, _counted(key, end), _counted(every, end)):
            if end > last + WINDOW:
                found.append(end)
            last = end
    return found


def _summed(counts: Counts) -> Counts:
    return np.concatenate([[0], counts.cumsum()])


def _candidates(summed: Counts) -> list[int]:
    """Windows that the plain half of the rule lets through; to ask the whole of all takes long."""
    ends = np.arange(PAST + WINDOW, len(summed))
    window = summed[ends] - summed[ends - WINDOW]
    mean = (summed[ends - WINDOW] - summed[ends - WINDOW - PAST]) * WINDOW / PAST
    plain = (window >= RULE.least) & (window > mean + RULE.spread * np.sqrt(mean))
    return [int(end) for end in ends[plain]]


def _counted(summed: Counts, end: int) -> Counted:
    start = end - WINDOW
    window, past = summed[end] - summed[start], summed[start] - summed[start - PAST]
    return Counted(int(window), int(past))
