"""What is computed on CUDA is what is computed on the CPU, but for rounding."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import graphs
from benchmarks.networks import SIDE, mobilenet
from inference.engines.runtime.buckets import LARGEST, buckets
from inference.engines.runtime.onnx import Network
from inference.engines.runtime.providers import CUDA, Plan

pytestmark = [pytest.mark.gpu, pytest.mark.timeout(600)]

DEMONSTRATION = Path("models/leaf-diseases/model.onnx")
# TF32 multiplies with ten bits of mantissa.
CLOSE = 0.02


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return mobilenet(tmp_path_factory.mktemp("mobilenet")) / "model.onnx"


def pictures(count: int, side: int) -> np.ndarray:
    rng = np.random.default_rng(count)
    return rng.integers(0, 256, (count, side, side, 3), dtype=np.uint8)


def close(ours: np.ndarray, theirs: np.ndarray) -> bool:
    """Relative to how far scores lie apart."""
    return bool(np.abs(ours - theirs).max() <= CLOSE * (theirs.max() - theirs.min() + 1e-6))


def test_the_session_is_on_cuda(cuda: Plan) -> None:
    assert Network(DEMONSTRATION, cuda).providers[0] == CUDA


@pytest.mark.parametrize("count", [*buckets(LARGEST), 3, 100, 300])
def test_scores_of_the_demonstration_model_agree(cuda: Plan, count: int) -> None:
    batch = pictures(count, 128)
    ours, theirs = Network(DEMONSTRATION, cuda).run(batch), Network(DEMONSTRATION).run(batch)
    assert close(ours, theirs)
    assert (ours.argmax(1) == theirs.argmax(1)).mean() >= 0.99


def test_scores_of_a_larger_network_agree(cuda: Plan, large: Path) -> None:
    batch = pictures(48, SIDE)
    assert close(Network(large, cuda).run(batch), Network(large).run(batch))


def test_half_precision_is_run_as_it_is(cuda: Plan, tmp_path: Path) -> None:
    model = graphs.channel_means(dtype="float16")
    path = graphs.write(tmp_path / "m", graphs.description(), model) / "model.onnx"
    batch = np.random.default_rng(1).random((9, 3, 16, 16), np.float32)
    given = Network(path, cuda).run(batch)
    assert given.dtype == np.float32
    assert np.allclose(given, batch.mean((2, 3)), atol=1e-2)


def test_threads_get_their_own_answers(cuda: Plan) -> None:
    network, plain = Network(DEMONSTRATION, cuda), Network(DEMONSTRATION)
    batches = [pictures(count, 128) for count in range(1, 17)]
    expected = [plain.run(batch) for batch in batches]
    with ThreadPoolExecutor(8) as threads:
        for _ in range(5):
            given = list(threads.map(network.run, batches))
            assert all(map(close, given, expected))
