"""How long batches take here, and how large they should be therefore."""

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from inference.engines.runtime.buckets import LARGEST, buckets
from inference.engines.runtime.costs import Measured, caps, fit
from inference.lane import Caps
from inference.lanes.image_classification.contract import EncodedImage
from inference.lanes.image_classification.loading import trial_picture

REPEATS = 2
ENOUGH_SECONDS = 1.0
# In what a backlog is read at least: a batch costs something outside the model, too.
USUAL = 8

# Parts of a batch that is read from a backlog: what a batch costs around its computing is shared,
# several threads work on it, and the model still is asked in the size that it likes.
PARTS = 4

Classify = Callable[[Sequence[EncodedImage]], object]


class Pace(NamedTuple):
    """How many images at once, and how many times as many are read from a backlog."""

    caps: Caps
    parts: int


AS_USUAL = Pace(Caps(USUAL, USUAL), 1)


def pace(classify: Classify, target: float) -> Pace:
    """The sizes of batches that keep to a target in seconds, and with a backlog.

    Where an image takes long, no more is read: the age of a batch must tell what hangs.
    """
    cost = fit(_measured(classify, target))
    found = caps(cost, target, USUAL, LARGEST)
    return Pace(found, PARTS if cost.seconds(found.backlog) <= target else 1)


def _measured(classify: Classify, target: float) -> list[Measured]:
    """Each size once unseen, so that all is reserved that it needs, then the best of some."""
    found: list[Measured] = []
    started = time.perf_counter()
    for size in buckets(LARGEST):
        images = [trial_picture()] * size
        classify(images)
        found.append(Measured(size, min(_seconds(classify, images) for _ in range(REPEATS))))
        # What the next size reserves would be kept, and it will hardly be used.
        if 2 * found[-1].seconds > target or time.perf_counter() - started > ENOUGH_SECONDS:
            break
    return found


def _seconds(classify: Classify, images: Sequence[EncodedImage]) -> float:
    started = time.perf_counter()
    classify(images)
    return time.perf_counter() - started
