"""The ways to answer: with the model, with a smaller one, or by what is nearest."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Protocol

import structlog

from inference.contract import Level, ModelRef, Rejection
from inference.engines.folder.weights import Weights
from inference.engines.runtime.providers import DeviceMissing
from inference.errors import Unavailable
from inference.lane import Caps
from inference.lanes.image_classification.answers import Answers, Limits
from inference.lanes.image_classification.contract import EncodedImage, ImageClassified
from inference.lanes.image_classification.pace import Pace

log = structlog.get_logger(__name__)


class Classifies(Protocol):
    """What answers a whole batch on the calling thread."""

    @property
    def weights(self) -> Weights:
        """What it answers from."""
        ...

    @property
    def fingerprint(self) -> str:
        """All but the image that its answers depend on."""
        ...

    @property
    def memory_bytes(self) -> int:
        """What the process holds because of it, at this moment."""
        ...

    def classify(self, images: Sequence[EncodedImage]) -> list[ImageClassified | Rejection]:
        """One outcome per image."""
        ...

    def close(self) -> None:
        """Let go of what it holds."""
        ...


class ImageRung:
    """Each part of a batch from its first byte to its labels on one of the threads.

    `pace` is how many images the classifier likes at once.
    """

    def __init__(self, level: Level, classifier: Classifies, threads: Executor, pace: Pace) -> None:
        self.level = level
        self.classifier = classifier
        self.model: ModelRef = classifier.weights.ref
        self.fingerprint = classifier.fingerprint
        self.labels = classifier.weights.labels
        self.caps: Caps | None = Caps(pace.caps.steady, pace.parts * pace.caps.backlog)
        self._at_once = pace.caps.backlog
        self._threads = threads

    @property
    def memory_bytes(self) -> int:
        """What the process holds because of its model, at this moment."""
        return self.classifier.memory_bytes

    async def answer(self, questions: Sequence[EncodedImage]) -> list[ImageClassified | Rejection]:
        """What every image shows."""
        size, starts = self._at_once, range(0, len(questions), self._at_once)
        parts = await asyncio.gather(*(self._part(questions[n : n + size]) for n in starts))
        return [outcome for part in parts for outcome in part]

    async def _part(self, questions: Sequence[EncodedImage]) -> list[ImageClassified | Rejection]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self.classifier.classify, questions)

    def close(self) -> None:
        """The model is let go of."""
        self.classifier.close()


class AbsentRung:
    """The model, whose device was not there at the start: it is looked for whenever it is asked."""

    level = Level.FULL
    caps: Caps | None = None

    def __init__(
        self, weights: Weights, limits: Limits, opened: Callable[[], ImageRung], threads: Executor
    ) -> None:
        self.model: ModelRef = weights.ref
        self.fingerprint = Answers(weights, limits).fingerprint
        self.labels = weights.labels
        self._opened, self._threads = opened, threads
        self._rung: ImageRung | None = None
        self._opening = asyncio.Lock()

    @property
    def memory_bytes(self) -> int:
        """Nothing, before its device was there."""
        return self._rung.memory_bytes if self._rung is not None else 0

    async def answer(self, questions: Sequence[EncodedImage]) -> list[ImageClassified | Rejection]:
        """What every image shows; raises Unavailable while there is no device."""
        return await (await self._found()).answer(questions)

    def close(self) -> None:
        """The model is let go of, if there ever was one."""
        if self._rung is not None:
            self._rung.close()

    async def _found(self) -> ImageRung:
        async with self._opening:
            if self._rung is None:
                loop = asyncio.get_running_loop()
                try:
                    self._rung = await loop.run_in_executor(self._threads, self._opened)
                except DeviceMissing as error:
                    raise Unavailable(str(error)) from error
                self.caps = self._rung.caps
                log.info("the device is there again", model=self.model.name)
            return self._rung
