"""Opens the image lane: its model, checked and warm, on a thread for each batch in flight."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from inference.lane import BatchPolicy, Lane, Rung
from inference.lanes.image_classification.classifier import Classifier, FullRung, Limits
from inference.lanes.image_classification.contract import CONTRACT, EncodedImage, ImageClassified
from inference.lanes.image_classification.loading import load, warm_up
from inference.lanes.image_classification.settings import ImageSettings

# On a CPU a larger batch is no faster, it only answers later.
POLICY = BatchPolicy(cap=8, bytes=16 * 1024 * 1024)


@asynccontextmanager
async def open_lane(workers: int) -> AsyncIterator[Sequence[Rung[EncodedImage, ImageClassified]]]:
    """The model's rung; a call that hangs does not keep the lane from closing."""
    threads = ThreadPoolExecutor(workers, thread_name_prefix=CONTRACT.lane)
    try:
        loop = asyncio.get_running_loop()
        classifier = await loop.run_in_executor(threads, _ready, ImageSettings())
        yield [FullRung(classifier, threads)]
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


def _ready(settings: ImageSettings) -> Classifier:
    limits = Limits(settings.top_k, settings.min_score, settings.max_pixels)
    classifier = load(settings.folder, limits)
    warm_up(classifier, POLICY.cap)
    return classifier


LANE = Lane(contract=CONTRACT, open=open_lane, policy=POLICY)
