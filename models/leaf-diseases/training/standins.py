"""Makes what answers in the model's place, from drawings and the model's own answers to them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from inference.contract import Rejection
from inference.engines.folder.weights import read_weights
from inference.lanes.image_classification.contract import EncodedImage
from inference.lanes.image_classification.loading import ready
from inference.lanes.image_classification.nearest import Nearest
from inference.lanes.image_classification.rungs import Classifies
from inference.lanes.image_classification.standins import basic, light
from inference.models.pictures import Pictures
from inference.models.prototypes import make_prototypes
from inference.models.quantize import LIMITS, make_light
from training.diseases import LABELS
from training.measure import drawings
from training.ranges import TRAINING

DRAWING_SEED = 101
# Drawings that the ranges of 8-bit numbers are taken from; more change nothing.
FOR_RANGES = 210


def make(folder: Path, each: int, held_out: Sequence[EncodedImage]) -> None:
    """The light model and the prototypes, from so many drawings of every class."""
    shown = drawings(TRAINING, each, DRAWING_SEED)
    make_light(folder, Pictures(shown[:FOR_RANGES], held_out), folder / "light.onnx")
    make_prototypes(folder, Pictures(shown, held_out))


def accuracies(folder: Path, held_out: Sequence[EncodedImage]) -> dict[str, float]:
    """How often each of them is right about what was drawn."""
    weights, found = read_weights(folder), {}
    smaller, prototypes = light(weights), basic(weights)
    if smaller is not None:
        found["light"] = _accuracy(ready(smaller, LIMITS), held_out)
    if prototypes is not None:
        found["basic"] = _accuracy(Nearest(prototypes, LIMITS), held_out)
    return found


def _accuracy(classifier: Classifies, images: Sequence[EncodedImage]) -> float:
    right = [
        not isinstance(answer, Rejection) and answer.predictions[0].index == number % len(LABELS)
        for number, image in enumerate(images)
        for answer in classifier.classify([image])
    ]
    return float(np.mean(right))
