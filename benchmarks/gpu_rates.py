"""What a device does with batches of every size, and how far what it says is from the CPU's."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.gpu_busy import watching
from inference.engines.folder.weights import read_weights
from inference.engines.images import decode
from inference.engines.runtime.buckets import LARGEST, buckets
from inference.engines.runtime.costs import Cost, Measured, fit
from inference.engines.runtime.onnx import Network
from inference.engines.runtime.pieces import Batch
from inference.engines.runtime.providers import Plan
from inference.lanes.image_classification.nearest import wanted
from inference.lanes.image_classification.preprocessing import Preprocessing

SECONDS = 2.0
COMPARED = 64
MOST_PIXELS = 40_000_000


class Agreement(NamedTuple):
    """Of a device with the CPU, over some random pictures."""

    same_label: float
    largest_difference: float
    """Relative to how far the scores lie apart."""


class Rate(NamedTuple):
    """Batches of one size, by so many threads."""

    batch: int
    threads: int
    images_per_second: float
    busy: float | None


def agreement(model: Path, plan: Plan) -> Agreement:
    """The same pictures on the device and on the CPU."""
    file = read_weights(model).path
    batch = _pictures(model, COMPARED)
    ours, theirs = Network(file, plan).run(batch), Network(file).run(batch)
    apart = float(theirs.max() - theirs.min())
    same = float((ours.argmax(1) == theirs.argmax(1)).mean())
    return Agreement(same, float(np.abs(ours - theirs).max()) / apart)


def rates(model: Path, plan: Plan) -> list[Rate]:
    """From memory to scores (copy and compute), for each size, by one thread and by two."""
    network = Network(read_weights(model).path, plan)
    batch = _pictures(model, LARGEST)
    return [
        _rate(network, batch[:size], threads, plan.device)
        for size in buckets(LARGEST)
        for threads in (1, plan.batches)
    ]


def cost(found: Sequence[Rate]) -> Cost:
    """What a batch costs once and what for each picture, by one thread."""
    alone = [rate for rate in found if rate.threads == 1]
    return fit([Measured(rate.batch, rate.batch / rate.images_per_second) for rate in alone])


def decoding(model: Path, files: Sequence[bytes], threads: int) -> float:
    """Pictures per second from JPEG to what the model takes, on the CPU alone."""
    form = Preprocessing(read_weights(model).description)

    def place(data: bytes) -> None:
        picture = decode(data, "JPEG", wanted(MOST_PIXELS)._replace(enough=form.scaled))
        form.put(picture.image, picture.sent, form.batch(1)[0])  # type: ignore[union-attr] # our own files are sound

    with ThreadPoolExecutor(threads) as pool:
        return _per_second(lambda: len(list(pool.map(place, files))))


def _rate(network: Network, batch: Batch, threads: int, device: int) -> Rate:
    def run(_: int) -> int:
        return len(network.run(batch))

    with ThreadPoolExecutor(threads) as pool, watching(device) as busy:
        rate = _per_second(lambda: sum(pool.map(run, range(4 * threads))))
    return Rate(len(batch), threads, rate, busy.mean)


def _per_second(some: Callable[[], int]) -> float:
    """Again and again for a while; `some` says how many it did."""
    some()
    started, done = time.perf_counter(), 0
    while time.perf_counter() - started < SECONDS:
        done += some()
    return done / (time.perf_counter() - started)


def _pictures(model: Path, count: int) -> Batch:
    said = read_weights(model).description
    rng = np.random.default_rng(1)
    if said.input.dtype == "uint8":
        return rng.integers(0, 256, (count, *said.shape), dtype=np.uint8)
    return rng.random((count, *said.shape), np.float32)
