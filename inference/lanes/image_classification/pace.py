"""How long batches take here, and how large they should be therefore."""

import time
from collections.abc import Callable, Sequence

from inference.engines.runtime.buckets import LARGEST, buckets
from inference.engines.runtime.costs import Measured, caps, fit
from inference.lane import Caps
from inference.lanes.image_classification.contract import EncodedImage
from inference.lanes.image_classification.loading import trial_picture

REPEATS = 2
ENOUGH_SECONDS = 1.0
# In what a backlog is read at least: a batch costs something outside the model, too.
USUAL = 8

Classify = Callable[[Sequence[EncodedImage]], object]


def pace(classify: Classify, target: float) -> Caps:
    """The sizes of batches that keep to a target in seconds, and with a backlog."""
    return caps(fit(_measured(classify, target)), target, USUAL, LARGEST)


def _measured(classify: Classify, target: float) -> list[Measured]:
    """Each size once unseen, so that all is reserved that it needs, then the best of some."""
    found: list[Measured] = []
    started = time.perf_counter()
    for size in buckets(LARGEST):
        images = [trial_picture()] * size
        classify(images)
        found.append(Measured(size, min(_seconds(classify, images) for _ in range(REPEATS))))
        if found[-1].seconds > target or time.perf_counter() - started > ENOUGH_SECONDS:
            break
    return found


def _seconds(classify: Classify, images: Sequence[EncodedImage]) -> float:
    started = time.perf_counter()
    classify(images)
    return time.perf_counter() - started
