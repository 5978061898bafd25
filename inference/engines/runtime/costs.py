"""How large a batch should be, from how long batches of some sizes took."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from inference.lane import Caps

# What a batch costs outside the model: reading, publishing, committing.
AROUND = 0.001
# Batches grow until this much of the highest throughput is reached.
ENOUGH = 0.9


class Measured(NamedTuple):
    """So many items at once took so many seconds."""

    size: int
    seconds: float


class Cost(NamedTuple):
    """Seconds that a batch takes: `once`, and `each` for every item in it."""

    once: float
    each: float

    def seconds(self, size: int) -> float:
        """Of a batch of this size."""
        return self.once + self.each * size


def fit(measured: Sequence[Measured]) -> Cost:
    """The line that is closest to what was measured, each relative to itself; never falling."""
    weights = [1 / max(seconds, 1e-9) ** 2 for _, seconds in measured]
    total = sum(weights)
    size = sum(w * m.size for w, m in zip(weights, measured, strict=True)) / total
    seconds = sum(w * m.seconds for w, m in zip(weights, measured, strict=True)) / total
    across = sum(w * (m.size - size) ** 2 for w, m in zip(weights, measured, strict=True))
    along = sum(
        w * (m.size - size) * (m.seconds - seconds) for w, m in zip(weights, measured, strict=True)
    )
    each = along / across if across > 0 else seconds / size
    each = min(max(each, 0.0), seconds / size)
    return Cost(seconds - each * size, each)


def caps(cost: Cost, target: float, least: int, most: int) -> Caps:
    """No more than fits into the target, nor than makes batches nearly as fast as they get.

    With a backlog the target does not count, and `least` is taken even if more is no faster.
    """
    useful = _useful(cost, most)
    return Caps(min(useful, _within(cost, target, most)), min(most, max(useful, least)))


def _useful(cost: Cost, most: int) -> int:
    """The size from which on larger batches hardly are faster."""
    ample = ENOUGH / (1 - ENOUGH) * (cost.once + AROUND)
    return most if ample >= cost.each * most else max(1, math.ceil(ample / cost.each))


def _within(cost: Cost, target: float, most: int) -> int:
    """The largest size that takes no longer than the target; one at least."""
    if cost.seconds(most) <= target:
        return most
    return max(1, min(most, int((target - cost.once) / cost.each)))
