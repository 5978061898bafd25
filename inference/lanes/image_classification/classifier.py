"""The whole way of a batch, on one thread: decode, run, name."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from typing import NamedTuple

from inference.contract import Level, Rejection
from inference.engines.images import Size, Wanted, decode
from inference.engines.onnx import Network
from inference.engines.weights import Weights
from inference.lanes.image_classification.contract import EncodedImage, ImageClassified
from inference.lanes.image_classification.predictions import Scores, best, scores
from inference.lanes.image_classification.preprocessing import Preprocessing, Tensor


class Limits(NamedTuple):
    """What is taken and told."""

    top_k: int
    min_score: float
    max_pixels: int


class Classifier:
    """A model with all that surrounds it; threads may call it at the same time."""

    def __init__(self, weights: Weights, network: Network, limits: Limits) -> None:
        description = weights.description
        self.weights = weights
        self.network = network
        self._preprocessing = Preprocessing(description)
        self._wanted = Wanted(
            self._preprocessing.mode, limits.max_pixels, self._preprocessing.scaled
        )
        self._activation = description.output.activation
        self._threshold = max(limits.min_score, description.output.threshold or 0.0)
        self._top_k = limits.top_k
        self.fingerprint = f"{weights.ref.digest} {limits.top_k} {self._threshold}"

    def classify(self, images: Sequence[EncodedImage]) -> list[ImageClassified | Rejection]:
        """One outcome per image, in order; whatever is wrong with the model is raised."""
        batch = self._preprocessing.batch(len(images))
        sizes: list[Size | Rejection] = []
        filled = 0
        for image in images:
            outcome = self._place(image, batch[filled])
            sizes.append(outcome)
            filled += not isinstance(outcome, Rejection)
        rows = iter(self.scores(batch[:filled]) if filled else ())
        return [
            size if isinstance(size, Rejection) else self._answer(next(rows), size)
            for size in sizes
        ]

    def scores(self, batch: Tensor) -> Scores:
        """The scores of pictures that are in the model's form already."""
        return scores(self.network.run(batch), self._activation)

    def _place(self, image: EncodedImage, row: Tensor) -> Size | Rejection:
        picture = decode(image.data, image.format, self._wanted)
        if isinstance(picture, Rejection):
            return picture
        self._preprocessing.put(picture.image, picture.sent, row)
        return picture.sent

    def _answer(self, row: Scores, size: Size) -> ImageClassified:
        predictions = best(row, self.weights.labels, self._top_k)
        return ImageClassified(
            predictions=predictions,
            activation=self._activation.value,
            below_threshold=predictions[0].score < self._threshold,
            width=size[0],
            height=size[1],
            disclaimer=self.weights.description.disclaimer,
        )


class FullRung:
    """The model as it is: each batch from its first byte to its labels on one of the threads."""

    level = Level.FULL

    def __init__(self, classifier: Classifier, threads: Executor) -> None:
        self.classifier = classifier
        self.model = classifier.weights.ref
        self.fingerprint = classifier.fingerprint
        self._threads = threads

    async def answer(self, questions: Sequence[EncodedImage]) -> list[ImageClassified | Rejection]:
        """What every image shows."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self.classifier.classify, questions)
