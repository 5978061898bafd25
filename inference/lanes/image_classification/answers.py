"""What is told of an image: its best labels, and what they are worth."""

import hashlib
from typing import NamedTuple

from inference.engines.folder.weights import Weights
from inference.engines.images import Size
from inference.lanes.image_classification.contract import ImageClassified
from inference.lanes.image_classification.predictions import Scores, Telling


class Limits(NamedTuple):
    """What is taken and told."""

    top_k: int
    min_score: float
    max_pixels: int


class Answers:
    """Turns rows of scores into answers."""

    def __init__(self, weights: Weights, limits: Limits, *, calibrated: bool = True) -> None:
        self._said, self._calibrated = weights.description, calibrated
        self._telling = Telling(self._said.output, weights.labels, limits.top_k, limits.min_score)
        told = f"{weights.fingerprint} {limits.top_k} {limits.min_score} {calibrated}"
        self.fingerprint = hashlib.sha256(told.encode()).hexdigest()

    def answer(self, row: Scores, size: Size) -> ImageClassified:
        """The answer for an image of this size."""
        told = self._telling.best(row)
        return ImageClassified(
            predictions=told.predictions,
            activation=self._said.output.activation.value,
            below_threshold=told.below,
            calibrated=self._calibrated,
            width=size[0],
            height=size[1],
            disclaimer=self._said.disclaimer,
        )
