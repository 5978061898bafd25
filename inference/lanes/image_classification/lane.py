"""Opens the image lane: its model, checked and warm, and what may answer in its place."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from operator import attrgetter

import structlog

from inference.contract import Level
from inference.engines.folder.weights import Weights, read_weights
from inference.engines.runtime.onnx import here
from inference.engines.runtime.providers import DeviceMissing, plan
from inference.engines.runtime.settings import EngineSettings
from inference.lane import BatchPolicy, Lane, Rung, Sameness
from inference.lanes.image_classification import standins
from inference.lanes.image_classification.answers import Limits
from inference.lanes.image_classification.contract import CONTRACT, EncodedImage, ImageClassified
from inference.lanes.image_classification.loading import Running, ready, warm_up
from inference.lanes.image_classification.nearest import Nearest
from inference.lanes.image_classification.pace import AS_USUAL, USUAL, pace
from inference.lanes.image_classification.rungs import AbsentRung, ImageRung
from inference.lanes.image_classification.settings import ImageSettings
from inference.lanes.image_classification.succession import SUCCESSION

log = structlog.get_logger(__name__)

ImageRungs = Sequence[Rung[EncodedImage, ImageClassified]]


@asynccontextmanager
async def open_lane(workers: int) -> AsyncIterator[ImageRungs]:
    """The rungs, best first; a call that hangs does not keep the lane from closing."""
    threads = ThreadPoolExecutor(workers, thread_name_prefix=CONTRACT.lane)
    rungs: Sequence[ImageRung | AbsentRung] = ()
    try:
        rungs = await asyncio.get_running_loop().run_in_executor(threads, _rungs, threads)
        yield rungs
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
        for rung in rungs:
            rung.close()


def _rungs(threads: Executor) -> Sequence[ImageRung | AbsentRung]:
    """Where its device is missing, the model is waited for only if something else can answer."""
    settings, engine = ImageSettings(), EngineSettings()
    limits = Limits(settings.top_k, settings.min_score, settings.max_pixels)
    weights = read_weights(settings.place)
    idle = settings.model_idle_close
    lesser = [*_light(weights, limits, idle, threads), *_basic(weights, limits, threads)]
    opened = partial(_full, weights, limits, engine, idle, threads)
    try:
        return [opened(), *lesser]
    except DeviceMissing as error:
        if not lesser:
            raise
        log.error("the model's device is missing", reason=str(error), answers=lesser[0].level)  # noqa: TRY400 - it is known what happened
        return [AbsentRung(weights, limits, opened, threads), *lesser]


def _full(
    weights: Weights,
    limits: Limits,
    engine: EngineSettings,
    idle: float | None,
    threads: Executor,
) -> ImageRung:
    """On the device that was asked for; how large batches should be there is measured."""
    running = Running(plan(engine, here()), idle)
    classifier = ready(weights, limits, running)
    warm_up(classifier)
    paced = pace(classifier.classify, engine.batch_latency_target)
    log.info("batches", steady=paced.caps.steady, backlog=paced.caps.backlog, parts=paced.parts)
    return ImageRung(Level.FULL, classifier, threads, paced)


def _light(
    weights: Weights, limits: Limits, idle: float | None, threads: Executor
) -> list[ImageRung]:
    """On the CPU, so that it is there when the device is not."""
    smaller = standins.light(weights)
    if smaller is None:
        return []
    classifier = ready(smaller, limits, Running(idle=idle))
    warm_up(classifier)
    return [ImageRung(Level.LIGHT, classifier, threads, AS_USUAL)]


def _basic(weights: Weights, limits: Limits, threads: Executor) -> list[ImageRung]:
    prototypes = standins.basic(weights)
    if prototypes is None:
        return []
    return [ImageRung(Level.BASIC, Nearest(prototypes, limits), threads, AS_USUAL)]


LANE = Lane(
    contract=CONTRACT,
    open=open_lane,
    policy=BatchPolicy(cap=USUAL, bytes=16 * 1024 * 1024),
    sameness=Sameness(attrgetter("data")),
    floor=Level.LIGHT,
    succession=SUCCESSION,
)
