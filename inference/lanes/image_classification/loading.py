"""A model's folder becomes a classifier that works, or one line that says why not."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from inference.engines.onnx import UNUSABLE, Network
from inference.engines.weights import Weights, read_weights
from inference.errors import Misconfigured
from inference.lanes.image_classification.classifier import Classifier, Limits
from inference.lanes.image_classification.contract import EncodedImage

# A picture of a usual size, so that what is reserved at the first answers is reserved at the start.
TRIAL = (640, 480)


def load(folder: Path, limits: Limits) -> Classifier:
    """The classifier of a folder, its graph held against what its description says of it."""
    weights = read_weights(folder)
    network = Network(weights.path)
    _check_input(weights, network)
    _check_output(weights, network)
    _try(weights, network)
    return Classifier(weights, network, limits)


def warm_up(classifier: Classifier, cap: int) -> None:
    """The whole way once for a single image and once for a full batch."""
    file = io.BytesIO()
    Image.linear_gradient("L").resize(TRIAL).convert("RGB").save(file, "JPEG")
    image = EncodedImage(file.getvalue(), "JPEG")
    for count in (1, cap):
        try:
            classifier.classify([image] * count)
        except ArithmeticError as error:
            message = f"{classifier.weights.path}: {error}, not even for a plain grey picture"
            raise Misconfigured(message) from error


def _check_input(weights: Weights, network: Network) -> None:
    wanted = weights.description
    taken = network.input
    if taken.dtype != wanted.input.dtype:
        _wrong(weights, f"takes {taken.dtype}, model.yaml says {wanted.input.dtype}")
    if len(taken.shape) != len(wanted.shape) + 1:
        _wrong(weights, f"takes {len(taken.shape)} dimensions: export it for a batch of images")
    if taken.shape[0] is not None:
        _wrong(weights, f"takes batches of {taken.shape[0]} only: export it with a dynamic batch")
    for said, found in zip(wanted.shape, taken.shape[1:], strict=True):
        if found not in {None, said}:
            _wrong(weights, f"takes {taken.shape[1:]}, model.yaml amounts to {wanted.shape}")


def _check_output(weights: Weights, network: Network) -> None:
    given = network.output.shape
    if network.output.dtype != "float32":
        _wrong(weights, f"gives {network.output.dtype}: export it with float32 scores")
    if len(given) != 2:  # noqa: PLR2004 - the batch, and a score per label
        _wrong(weights, f"gives {len(given)} dimensions: export it with one score per label")
    if given[0] is not None:
        _wrong(weights, f"gives batches of {given[0]} only: export it with a dynamic batch")
    if given[1] not in {None, len(weights.labels)}:
        _wrong(weights, f"gives {given[1]} scores, model.yaml has {len(weights.labels)} labels")


def _try(weights: Weights, network: Network) -> None:
    """A graph need not say what it gives, and may say it wrongly: so it is asked."""
    wanted = weights.description
    try:
        given = network.run(np.zeros((2, *wanted.shape), wanted.input.dtype)).shape
    except UNUSABLE as error:
        reason = " ".join(str(error).split())
        message = f"{weights.path}: the graph does not take {wanted.shape}: {reason}"
        raise Misconfigured(message) from error
    if given != (2, len(weights.labels)):
        labels = len(weights.labels)
        _wrong(weights, f"gives {given} for 2 images, model.yaml has {labels} labels")


def _wrong(weights: Weights, what: str) -> None:
    message = f"{weights.path}: the graph {what}"
    raise Misconfigured(message)
