"""The whole way of a batch, on one thread: decode, run, name."""

from collections.abc import Sequence

from inference.contract import Rejection
from inference.engines.folder.weights import Weights
from inference.engines.images import Size, Wanted, decode
from inference.engines.runtime.sleeper import Sleeper
from inference.engines.runtime.standing import Standing, standing
from inference.lanes.image_classification.answers import Answers, Limits
from inference.lanes.image_classification.contract import EncodedImage, ImageClassified
from inference.lanes.image_classification.predictions import Scores, scores
from inference.lanes.image_classification.preprocessing import Preprocessing, Tensor


class Classifier:
    """A model with all that surrounds it; threads may call it at the same time."""

    def __init__(self, weights: Weights, network: Sleeper, limits: Limits) -> None:
        self.weights = weights
        self.network = network
        self._preprocessing = Preprocessing(weights.description)
        self._wanted = Wanted(
            self._preprocessing.mode, limits.max_pixels, self._preprocessing.scaled
        )
        self._activation = weights.description.output.activation
        self._answers = Answers(weights, limits)
        self.fingerprint = self._answers.fingerprint

    @property
    def standing(self) -> Standing:
        """Which model it is and what it costs, at this moment."""
        return standing(self.weights, self.network)

    @property
    def memory_bytes(self) -> int:
        """What the process held more of once its network was open; 0 while that is closed."""
        return self.standing.memory_bytes

    def close(self) -> None:
        """The model is let go of."""
        self.network.close()

    def classify(self, images: Sequence[EncodedImage]) -> list[ImageClassified | Rejection]:
        """One outcome per image, in order; whatever is wrong with the model is raised."""
        batch, sizes = self.prepared(images)
        rows = iter(self.scores(batch) if len(batch) else ())
        return [
            size if isinstance(size, Rejection) else self._answers.answer(next(rows), size)
            for size in sizes
        ]

    def prepared(self, images: Sequence[EncodedImage]) -> tuple[Tensor, list[Size | Rejection]]:
        """What the model takes of the images that could be decoded, and the size of each."""
        batch = self._preprocessing.batch(len(images))
        sizes: list[Size | Rejection] = []
        filled = 0
        for image in images:
            outcome = self._place(image, batch[filled])
            sizes.append(outcome)
            filled += not isinstance(outcome, Rejection)
        return batch[:filled], sizes

    def scores(self, batch: Tensor) -> Scores:
        """The scores of pictures that are in the model's form already."""
        return scores(self.network.run(batch), self._activation)

    def _place(self, image: EncodedImage, row: Tensor) -> Size | Rejection:
        picture = decode(image.data, image.format, self._wanted)
        if isinstance(picture, Rejection):
            return picture
        self._preprocessing.put(picture.image, picture.sent, row)
        return picture.sent
