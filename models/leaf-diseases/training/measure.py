"""How good the exported model is, asked through the very code that serves it."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from inference.contract import Rejection
from inference.lanes.image_classification.classifier import Classifier, Limits
from inference.lanes.image_classification.contract import EncodedImage
from inference.lanes.image_classification.loading import load
from training.diseases import LABELS
from training.ranges import HELD_OUT
from training.scene import draw

SEED = 77
LIMITS = Limits(top_k=1, min_score=0.0, max_pixels=10_000_000)

Counts = npt.NDArray[np.int64]


class Measured(NamedTuple):
    """The confusion matrix: what was drawn down, what was answered across."""

    counts: Counts

    @property
    def accuracy(self) -> float:
        """Share of right answers."""
        return float(np.trace(self.counts) / self.counts.sum())


def measure(folder: Path, each: int) -> Measured:
    """On so many fresh drawings of every class, made with parameters never trained on."""
    classifier, rng = load(folder, LIMITS), np.random.default_rng(SEED)
    counts = np.zeros((len(LABELS), len(LABELS)), dtype=np.int64)
    for number in range(each * len(LABELS)):
        drawn = number % len(LABELS)
        counts[drawn, _answer(classifier, draw(LABELS[drawn], HELD_OUT, rng))] += 1
    return Measured(counts)


def _answer(classifier: Classifier, picture: bytes) -> int:
    [answer] = classifier.classify([EncodedImage(picture, "JPEG")])
    assert not isinstance(answer, Rejection)
    return answer.predictions[0].index
