"""How good the exported model is, asked through the very code that serves it."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from inference.contract import Rejection
from inference.lanes.image_classification.answers import Limits
from inference.lanes.image_classification.classifier import Classifier
from inference.lanes.image_classification.contract import EncodedImage
from inference.lanes.image_classification.loading import load
from training.diseases import LABELS
from training.ranges import Ranges
from training.scene import draw

LIMITS = Limits(top_k=1, min_score=0.0, max_pixels=10_000_000)

Counts = npt.NDArray[np.int64]


class Measured(NamedTuple):
    """The confusion matrix: what was drawn down, what was answered across."""

    counts: Counts

    @property
    def accuracy(self) -> float:
        """Share of right answers."""
        return float(np.trace(self.counts) / self.counts.sum())


def drawings(ranges: Ranges, each: int, seed: int) -> list[EncodedImage]:
    """So many fresh drawings of every class, the classes in turn."""
    rng = np.random.default_rng(seed)
    count = len(LABELS)
    return [
        EncodedImage(draw(LABELS[number % count], ranges, rng), "JPEG")
        for number in range(each * count)
    ]


def measure(folder: Path, held_out: Sequence[EncodedImage]) -> Measured:
    """On drawings of the classes in turn."""
    classifier = load(folder, LIMITS)
    counts = np.zeros((len(LABELS), len(LABELS)), dtype=np.int64)
    for number, image in enumerate(held_out):
        counts[number % len(LABELS), _answer(classifier, image)] += 1
    return Measured(counts)


def _answer(classifier: Classifier, image: EncodedImage) -> int:
    [answer] = classifier.classify([image])
    assert not isinstance(answer, Rejection)
    return answer.predictions[0].index
