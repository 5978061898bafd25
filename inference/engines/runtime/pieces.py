"""A batch that has no room in a device is computed in pieces that have."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import structlog

from inference import metrics
from inference.engines.runtime.buckets import Cap
from inference.engines.runtime.failures import OutOfMemory

log = structlog.get_logger(__name__)

Batch = npt.NDArray[Any]


class Pieces:
    """Hands on as much of a batch as has room; threads may call it at the same time."""

    def __init__(self, model: str) -> None:
        self._model, self.cap = model, Cap()

    def run(self, batch: Batch, compute: Callable[[Batch, int], Batch]) -> Batch:
        """The whole batch; raises OutOfMemory where not even one row has room."""
        done: list[Batch] = []
        start = 0
        while start < len(batch):
            piece = batch[start : start + self.cap.now]
            try:
                done.append(compute(piece, self.cap.now))
            except OutOfMemory:
                if not self._smaller(len(piece)):
                    raise
                continue
            self.cap.fitted(len(piece))
            start += len(piece)
        return done[0] if len(done) == 1 else np.concatenate(done)

    def _smaller(self, tried: int) -> bool:
        possible = self.cap.too_large(tried)
        if possible:
            metrics.OUT_OF_MEMORY.inc()
            log.warning("out of memory", model=self._model, tried=tried, cap=self.cap.now)
        return possible
