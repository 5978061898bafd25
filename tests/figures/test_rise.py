"""What is a burst and what is chance, on traffic whose seed is fixed."""

import math

import numpy as np
import pytest
from poisson import DAY, PAST, RULE, WINDOW, Rates, articles, bursts, traffic, zipf

from consumer.bursts.rise import Counted, is_burst, surprise

BEGIN = PAST + WINDOW
PLENTY = Counted(1_000_000, 24_000_000)


@pytest.mark.parametrize(
    "hourly",
    [zipf(1000, 500), np.full(1000, 10.0), np.full(1000, 100.0)],
    ids=["words", "tens", "hundreds"],
)
def test_a_day_of_a_thousand_keywords_has_at_most_one_false_burst(
    hourly: Rates,
) -> None:
    counts = traffic(2026, hourly, BEGIN + DAY)
    every = articles(counts)

    assert sum(len(bursts(of_one, every)) for of_one in counts) <= 1


@pytest.mark.parametrize("rate", [10, 20, 50, 200, 1000])
def test_a_fivefold_rise_is_found_once_and_within_one_window(rate: int) -> None:
    counts = traffic(7, zipf(1000, 100), BEGIN + 3 * WINDOW)
    risen = np.full(counts.shape[1], rate / 60)
    risen[BEGIN : BEGIN + WINDOW] *= 5
    counts[0] = np.random.default_rng(rate).poisson(risen)
    (end,) = bursts(counts[0], articles(counts))

    assert BEGIN < end <= BEGIN + WINDOW


def test_what_rises_with_everything_else_is_no_burst() -> None:
    hourly = zipf(1000, 500)
    quiet, busy = traffic(1, hourly / 3, PAST), traffic(2, hourly, DAY)
    counts = np.concatenate([quiet, busy], axis=1)
    every = articles(counts)

    assert sum(len(bursts(of_one, every)) for of_one in counts) <= 1


@pytest.mark.parametrize(
    ("window", "past", "burst"),
    [
        (9, 0, False),  # fewer than ten
        (10, 0, True),  # never seen before
        (10, 24, False),  # one an hour: ten may be chance, among so many keywords
        (14, 24, True),
        (22, 240, False),  # not above 10 + 4 * sqrt(10)
        (30, 240, False),  # above it, but so it is a few times a day among a thousand
        (40, 240, True),
    ],
)
def test_a_burst_is_what_chance_does_not_bring(window: int, past: int, *, burst: bool) -> None:
    assert is_burst(RULE, Counted(window, past), PLENTY) is burst


def test_a_keyword_that_is_in_every_article_is_held_against_the_time_that_passed() -> None:
    assert is_burst(RULE, Counted(50, 240), Counted(50, 240))


def test_without_a_past_nothing_is_unusual() -> None:
    assert not is_burst(RULE, Counted(50, 0), Counted(500, 0))


@pytest.mark.parametrize("part", [0.01, 0.04, 0.3])
def test_chance_is_never_thought_smaller_than_it_is(part: float) -> None:
    for every in (10, 40, 150):
        for window in range(every + 1):
            bound = math.exp(-surprise(Counted(window, every - window), part))
            assert bound >= at_least(window, every, part) * (1 - 1e-9)


def at_least(window: int, every: int, part: float) -> float:
    """The probability itself, that of so many heads or more."""
    return sum(
        math.comb(every, n) * part**n * (1 - part) ** (every - n) for n in range(window, every + 1)
    )
