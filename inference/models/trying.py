"""Whether a model works: on one picture and on many at once, and how long that takes."""

import time
from collections.abc import Iterator

from inference.contract import Rejection
from inference.engines.folder.weights import Weights
from inference.engines.runtime.memory import MIB
from inference.errors import Misconfigured
from inference.lanes.image_classification import standins
from inference.lanes.image_classification.answers import Limits
from inference.lanes.image_classification.classifier import Classifier
from inference.lanes.image_classification.contract import EncodedImage, ImageClassified
from inference.lanes.image_classification.loading import ready
from inference.lanes.image_classification.nearest import Nearest
from inference.lanes.image_classification.rungs import Classifies
from inference.models.understood import Row

BATCH, REPEATS, TOLD = 8, 3, 3


def tried(classifier: Classifier, image: EncodedImage) -> Iterator[Row]:
    """What came out; a model that gives no numbers raises Misconfigured."""
    standing = classifier.standing
    yield "runs on", ", ".join(standing.providers)
    yield "memory", f"{standing.memory_bytes / MIB:.1f} MiB more, once it was open"
    yield "opened in", f"{standing.open_seconds * 1000:.0f} ms"
    answer = _answer(classifier, image)
    yield "picture", f"{answer.width} x {answer.height}: {_best(answer)}"
    yield "one picture", f"{_seconds(classifier, [image]) * 1000:.1f} ms"
    each = _seconds(classifier, [image] * BATCH) / BATCH
    yield f"{BATCH} at once", f"{each * 1000:.1f} ms each"


def stand_ins(weights: Weights, limits: Limits, image: EncodedImage) -> Iterator[Row]:
    """What answers in its place, held against its own description and tried as well."""
    smaller, prototypes = standins.light(weights), standins.basic(weights)
    if smaller is not None:
        yield "light rung", _quickly(ready(smaller, limits), image)
    if prototypes is not None:
        yield "basic rung", _quickly(Nearest(prototypes, limits), image)


def _quickly(classifier: Classifies, image: EncodedImage) -> str:
    return f"{_best(_answer(classifier, image))}; {_seconds(classifier, [image]) * 1000:.1f} ms"


def _answer(classifier: Classifies, image: EncodedImage) -> ImageClassified:
    try:
        (answer,) = classifier.classify([image])
    except ArithmeticError as error:
        message = f"{classifier.weights.path}: {error}, not even for a plain picture"
        raise Misconfigured(message) from error
    if isinstance(answer, Rejection):
        message = f"the picture cannot be used: {answer.detail}"
        raise Misconfigured(message)
    return answer


def _best(answer: ImageClassified) -> str:
    told = (f"{one.label} {one.score:.3f}" for one in answer.predictions[:TOLD])
    return ", ".join(told) + (" (not to be relied on)" if answer.below_threshold else "")


def _seconds(classifier: Classifies, images: list[EncodedImage]) -> float:
    """The quickest of some: others use this machine too."""
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        classifier.classify(images)
        times.append(time.perf_counter() - started)
    return min(times)
