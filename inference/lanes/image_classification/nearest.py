"""The way of a batch without a model: decode, measure colours and texture, name the nearest."""

from collections.abc import Sequence

import numpy as np

from inference.contract import Rejection
from inference.engines.folder.weights import Weights
from inference.engines.images import Picture, Size, Wanted, decode
from inference.lanes.image_classification.answers import Answers, Limits
from inference.lanes.image_classification.contract import EncodedImage, ImageClassified
from inference.lanes.image_classification.features import SIDE, features
from inference.lanes.image_classification.prototypes import read_prototypes


class Nearest:
    """Prototypes with all that surrounds them; threads may call it at the same time."""

    def __init__(self, weights: Weights, limits: Limits) -> None:
        self.weights = weights
        self._prototypes = read_prototypes(weights.path, len(weights.labels))
        self._wanted = wanted(limits.max_pixels)
        self._answers = Answers(weights, limits, calibrated=False)
        self.fingerprint = self._answers.fingerprint

    @property
    def memory_bytes(self) -> int:
        """What its prototypes take."""
        return sum(part.nbytes for part in self._prototypes)

    def close(self) -> None:
        """There is nothing that would have to be let go of."""

    def classify(self, images: Sequence[EncodedImage]) -> list[ImageClassified | Rejection]:
        """One outcome per image, in order."""
        return [self._classified(image) for image in images]

    def _classified(self, image: EncodedImage) -> ImageClassified | Rejection:
        picture = decode(image.data, image.format, self._wanted)
        if isinstance(picture, Picture):
            row = self._prototypes.scores(np.stack([features(picture.image)]))[0]
            return self._answers.answer(row, picture.sent)
        return picture


def wanted(max_pixels: int) -> Wanted:
    """How a picture has to be decoded for its features."""
    return Wanted("RGB", max_pixels, _enough)


def _enough(size: Size) -> Size:
    """The shorter side is what counts."""
    shortest = min(size)
    return SIDE * size[0] // shortest, SIDE * size[1] // shortest
