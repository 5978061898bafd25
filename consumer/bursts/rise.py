"""Whether a count is a burst, or chance. Pure arithmetic.

If a key kept its part of the traffic, each of its mentions would fall into the window rather than
into the past with one and the same probability, whatever its rate is: a coin, thrown as often as
it was mentioned. Chernoff's bound says how seldom such a coin shows so many heads. It is a bound
for every rate and every length of the past, estimated or not; so the false alarms of a day are
fewer than keys times windows times `odds`.
"""

import math
from typing import NamedTuple

from inference.figures import Rule


class Counted(NamedTuple):
    """How often something was there, in the window and in the past before it."""

    window: int
    past: int


def is_burst(rule: Rule, key: Counted, traffic: Counted) -> bool:
    """Whether a key rises as the rule says, traffic being everything, this key included."""
    mean = usual(rule, key.past)
    if key.window < rule.least or key.window <= mean + rule.spread * math.sqrt(mean):
        return False
    return surprise(key, _part(rule, key, traffic)) >= -math.log(rule.odds)


def usual(rule: Rule, past: int) -> float:
    """The mean count of a window in the past."""
    return past * (rule.window / rule.past)


def surprise(key: Counted, part: float) -> float:
    """How unlikely it is that so many fell into the window by chance: at most exp(-surprise)."""
    every = key.window + key.past
    seen = key.window / every if every else 0.0
    if seen <= part:
        return 0.0
    missing = 0.0 if seen == 1 else (1 - seen) * math.log((1 - seen) / (1 - part))
    return every * (seen * math.log(seen / part) + missing)


def _part(rule: Rule, key: Counted, traffic: Counted) -> float:
    """The part that would fall into the window: by its length, or by that of all other traffic.

    The larger one: at nine in the morning everything rises, and after an outage too.
    """
    by_length = rule.window / (rule.window + rule.past)
    window, past = (max(0, every - own) for every, own in zip(traffic, key, strict=True))
    return max(by_length, window / (window + past)) if window else by_length
