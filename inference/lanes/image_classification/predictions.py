"""What a graph gave becomes labels with scores, best first."""

from typing import Any

import numpy as np
import numpy.typing as npt

from inference.engines.description import Activation
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


def best(row: Scores, labels: tuple[str, ...], most: int) -> list[Prediction]:
    """The labels with the highest scores; of equal ones the first in the model's list."""
    order = np.argsort(-row, kind="stable")[:most].tolist()
    return [
        Prediction(index=index, label=labels[index], score=round(float(row[index]), DIGITS))
        for index in order
    ]
