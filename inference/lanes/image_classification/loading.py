"""A model's folder becomes a classifier that works, or one line that says why not."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import structlog
from PIL import Image

from inference import metrics
from inference.engines.folder.sources import Place
from inference.engines.folder.weights import Weights, read_weights
from inference.engines.runtime.memory import MIB
from inference.engines.runtime.onnx import UNUSABLE, Network
from inference.engines.runtime.opened import open_network
from inference.engines.runtime.providers import CPU_ONLY, Plan
from inference.engines.runtime.sleeper import Sleeper
from inference.errors import Misconfigured
from inference.lanes.image_classification.answers import Limits
from inference.lanes.image_classification.classifier import Classifier
from inference.lanes.image_classification.contract import EncodedImage

log = structlog.get_logger(__name__)

DIGITS = 12
TRIAL = (640, 480)


class Running(NamedTuple):
    """How a model is run: on what, and after how many idle seconds it is closed."""

    plan: Plan = CPU_ONLY
    idle: float | None = None


AS_IT_COMES = Running()


def load(place: Path | Place, limits: Limits, running: Running = AS_IT_COMES) -> Classifier:
    """The classifier in a place, its graph held against what its description says of it."""
    return ready(read_weights(place), limits, running)


def ready(weights: Weights, limits: Limits, running: Running = AS_IT_COMES) -> Classifier:
    """The classifier of a model whose description has been read."""
    network = Sleeper(lambda: _opened(weights, running.plan), running.idle, _shown(weights))
    _tell(weights, network)
    return Classifier(weights, network, limits)


def warm_up(classifier: Classifier) -> None:
    """The whole way once; whoever measures its pace warms it up for batches."""
    try:
        classifier.classify([trial_picture()])
    except ArithmeticError as error:
        message = f"{classifier.weights.path}: {error}, not even for a plain grey picture"
        raise Misconfigured(message) from error


def trial_picture() -> EncodedImage:
    """A picture of a usual size: what the first answers reserve is reserved at the start."""
    file = io.BytesIO()
    Image.linear_gradient("L").resize(TRIAL).convert("RGB").save(file, "JPEG")
    return EncodedImage(file.getvalue(), "JPEG")


def _opened(weights: Weights, plan: Plan) -> Network:
    network = open_network(weights, plan)
    _check_input(weights, network)
    _check_output(weights, network)
    _try(weights, network)
    return network


def _shown(weights: Weights) -> Callable[[int], None]:
    """What it holds, on top of what another version under the same name may hold."""
    ref, held = weights.ref, 0
    gauge = metrics.MODEL_MEMORY.labels(ref.name, ref.version, weights.path.name)

    def tell(size: int) -> None:
        nonlocal held
        gauge.inc(size - held)
        held = size

    return tell


def _tell(weights: Weights, network: Sleeper) -> None:
    log.info(
        "model opened",
        source=weights.source,
        file=str(weights.path),
        model=weights.ref.name,
        version=weights.ref.version,
        digest=weights.ref.digest[:DIGITS],
        labels=len(weights.labels),
        providers=network.providers,
        memory_mib=round(network.memory / MIB, 1),
        seconds=network.seconds,
    )


def _check_input(weights: Weights, network: Network) -> None:
    wanted = weights.description
    taken = network.input
    if taken.dtype != wanted.input.dtype:
        _wrong(weights, f"takes {taken.dtype}, {weights.source} says {wanted.input.dtype}")
    if len(taken.shape) != len(wanted.shape) + 1:
        _wrong(weights, f"takes {len(taken.shape)} dimensions: export it for a batch of images")
    if taken.shape[0] is not None:
        _wrong(weights, f"takes batches of {taken.shape[0]} only: export it with a dynamic batch")
    for said, found in zip(wanted.shape, taken.shape[1:], strict=True):
        if found not in {None, said}:
            _wrong(weights, f"takes {taken.shape[1:]}, {weights.source} amounts to {wanted.shape}")


def _check_output(weights: Weights, network: Network) -> None:
    given = network.output.shape
    if network.output.dtype != "float32":
        _wrong(weights, f"gives {network.output.dtype}: export it with float32 scores")
    if len(given) != 2:  # noqa: PLR2004 - the batch, and a score per label
        _wrong(weights, f"gives {len(given)} dimensions: export it with one score per label")
    if given[0] is not None:
        _wrong(weights, f"gives batches of {given[0]} only: export it with a dynamic batch")
    if given[1] not in {None, len(weights.labels)}:
        _wrong(
            weights, f"gives {given[1]} scores, {weights.source} has {len(weights.labels)} labels"
        )


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
        _wrong(weights, f"gives {given} for 2 images, {weights.source} has {labels} labels")


def _wrong(weights: Weights, what: str) -> None:
    message = f"{weights.path}: the graph {what}"
    raise Misconfigured(message)
