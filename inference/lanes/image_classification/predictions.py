"""What a graph gave becomes labels with scores, best first."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from inference.engines.folder.description import Activation, Output
from inference.lanes.image_classification.contract import Prediction

DIGITS = 6

Scores = npt.NDArray[Any]


def scores(raw: Scores, activation: Activation) -> Scores:
    """The scores of a batch; raises where the model gave something else than finite numbers."""
    if not np.isfinite(raw).all():
        message = "the model gave scores that are not finite"
        raise ArithmeticError(message)
    raw = raw.astype(np.float32, copy=False)
    if activation is Activation.SOFTMAX:
        raised = np.exp(raw - raw.max(axis=1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True))
    if activation is Activation.SIGMOID:
        return np.asarray(0.5 * (1 + np.tanh(raw / 2)))  # does not overflow as exp would
    return raw


class Told(NamedTuple):
    """What is said of a picture."""

    predictions: list[Prediction]
    below: bool


class Telling:
    """Which labels are told, and whether they are to be relied on."""

    def __init__(
        self, output: Output, labels: tuple[str, ...], top_k: int, min_score: float
    ) -> None:
        own = [output.thresholds.get(label, output.threshold) for label in labels]
        self._thresholds = np.array([max(min_score, least or 0.0) for least in own], np.float32)
        # Without a threshold every label would fit.
        self._several = output.several and bool(self._thresholds.any())
        self._labels, self._top_k = labels, top_k

    def best(self, row: Scores) -> Told:
        """Best first, of equal ones the first in the model's list; what fits is never left out."""
        order, fits = np.argsort(-row, kind="stable"), row >= self._thresholds
        chosen = order[: self._top_k].tolist()
        if self._several:
            chosen += [index for index in order[self._top_k :].tolist() if fits[index]]
        predictions = [
            Prediction(
                index=index,
                label=self._labels[index],
                score=round(float(row[index]), DIGITS),
                below_threshold=not fits[index],
            )
            for index in chosen
        ]
        deciding = predictions if self._several else predictions[:1]
        return Told(predictions, all(prediction.below_threshold for prediction in deciding))
