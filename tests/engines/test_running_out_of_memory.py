"""What happens when a device has no room: the CPU is one, too, with a limit on the process."""

import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

import graphs
from inference.engines.runtime.failures import OutOfMemory
from inference.engines.runtime.onnx import Network
from inference.engines.runtime.providers import CPU, CPU_ONLY, Plan

MIB = 1024 * 1024
ROOM = 512 * MIB
SWELL = 150  # 66 MiB for each picture
PLANS = {"plain": CPU_ONLY, "buffered": Plan(((CPU, {}),), buffers=True, batches=1)}


def swelling() -> onnx.ModelProto:
    """Channel means that take a lot of memory to be found."""
    model = graphs.channel_means()
    repeats = numpy_helper.from_array(np.array([1, 1, SWELL, SWELL]), "repeats")
    model.graph.initializer.append(repeats)
    tile = helper.make_node("Tile", ["numbers", "repeats"], ["many"])
    next(node for node in model.graph.node if node.op_type == "ReduceMean").input[0] = "many"
    model.graph.node.insert(1, tile)
    return model


def limited(room: int) -> None:
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + room, taken + room))


def answers_in_pieces(folder: Path, plan: Plan) -> None:
    """Sixteen pictures, of which some at once have room."""
    path = graphs.write(folder, graphs.description(), swelling()) / "model.onnx"
    batch = np.random.default_rng(1).random((16, 3, 16, 16), np.float32)
    Network(path).run(batch[:1])
    limited(ROOM)
    network = Network(path, plan)
    assert np.allclose(network.run(batch), batch.mean((2, 3)), atol=1e-3)
    assert 1 <= network.cap < 16


def says_that_not_even_one_fits(folder: Path, _: Plan) -> None:
    path = graphs.write(folder, graphs.description(), swelling()) / "model.onnx"
    network = Network(path)
    limited(32 * MIB)
    with pytest.raises(OutOfMemory):
        network.run(np.zeros((2, 3, 16, 16), np.float32))
    assert network.cap == 1


def alone(what: Callable[[Path, Plan], None], folder: Path, plan: str) -> None:
    """In a process of its own, whose memory can be limited."""
    program = (
        "import sys; from pathlib import Path; "
        "sys.path[:0] = ['.', 'tests/packages', sys.argv[1]]; "
        "import test_running_out_of_memory as it; "
        "getattr(it, sys.argv[2])(Path(sys.argv[3]), it.PLANS[sys.argv[4]])"
    )
    here = str(Path(__file__).parent)
    command = [sys.executable, "-c", program, here, what.__name__, str(folder), plan]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("plan", PLANS)
def test_what_does_not_fit_at_once_is_done_in_pieces(tmp_path: Path, plan: str) -> None:
    alone(answers_in_pieces, tmp_path / "m", plan)


def test_what_does_not_fit_alone_may_be_tried_again_or_elsewhere(tmp_path: Path) -> None:
    alone(says_that_not_even_one_fits, tmp_path / "m", "plain")
