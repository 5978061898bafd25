import gc
import threading
import weakref
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, external_data_helper, helper, numpy_helper

import graphs
from inference.engines.runtime.onnx import Network
from inference.engines.runtime.providers import CPU, CPU_ONLY, Plan
from inference.errors import Misconfigured


def saved(path: Path, model: onnx.ModelProto) -> Path:
    path.write_bytes(model.SerializeToString())
    return path


def with_outside_data(location: str) -> onnx.ModelProto:
    weight = numpy_helper.from_array(np.ones((4, 3), np.float32), "weight")
    external_data_helper.set_external_data(weight, location)
    weight.ClearField("raw_data")
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "weight"], ["y"])],
        "outside",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 4])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 3])],
        [weight],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)


def test_a_graph_says_what_it_takes_and_computes(tmp_path: Path) -> None:
    network = Network(saved(tmp_path / "m.onnx", graphs.channel_means()))
    assert network.input == ("images", "float32", (None, 3, 16, 16))
    assert network.output == ("scores", "float32", (None, 3))
    assert network.run(np.ones((2, 3, 16, 16), np.float32)).tolist() == [[1, 1, 1]] * 2


def test_no_threads_are_started_for_a_graph(tmp_path: Path) -> None:
    before = threading.active_count(), len(list(Path("/proc/self/task").glob("*")))
    network = Network(saved(tmp_path / "m.onnx", graphs.channel_means()))
    network.run(np.ones((8, 3, 16, 16), np.float32))
    assert (threading.active_count(), len(list(Path("/proc/self/task").glob("*")))) == before


@pytest.mark.parametrize("share", [0, 0.3, 0.9])
def test_a_file_that_is_cut_short_is_one_clear_line(tmp_path: Path, share: float) -> None:
    whole = graphs.channel_means().SerializeToString()
    path = tmp_path / "m.onnx"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(Misconfigured, match=r"m\.onnx: ONNX Runtime [^\n]+ cannot use this file"):
        Network(path)


def test_data_outside_the_file_is_taken_from_its_folder_only(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    for place in (tmp_path, folder):
        (place / "weights.bin").write_bytes(np.ones((4, 3), np.float32).tobytes())
    Network(saved(folder / "m.onnx", with_outside_data("weights.bin")))
    for location in ("../weights.bin", str(tmp_path / "weights.bin")):
        with pytest.raises(Misconfigured, match="cannot use this file"):
            Network(saved(folder / "m.onnx", with_outside_data(location)))


def test_a_provider_that_is_not_there_is_not_replaced_by_another(tmp_path: Path) -> None:
    path = saved(tmp_path / "m.onnx", graphs.channel_means())
    with pytest.raises(Misconfigured, match="NoSuchProvider"):
        Network(path, Plan((("NoSuchProvider", {}), (CPU, {})), fallback=True))


@pytest.mark.parametrize("buffers", [False, True])
def test_half_precision_is_the_graphs_own_affair(tmp_path: Path, *, buffers: bool) -> None:
    path = saved(tmp_path / "m.onnx", graphs.channel_means(dtype="float16"))
    network = Network(path, CPU_ONLY._replace(buffers=buffers))
    assert network.input.dtype == "float32"
    given = network.run(np.full((3, 3, 16, 16), 0.25, np.float32))
    assert given.dtype == np.float32
    assert given.tolist() == [[0.25] * 3] * 3


@pytest.mark.parametrize("buffers", [False, True])
def test_a_network_that_nobody_holds_is_gone_at_once(tmp_path: Path, *, buffers: bool) -> None:
    path = saved(tmp_path / "m.onnx", graphs.channel_means())
    network = Network(path, CPU_ONLY._replace(buffers=buffers))
    network.run(np.ones((2, 3, 16, 16), np.float32))
    seen = weakref.ref(network)
    gc.disable()
    try:
        del network
        assert seen() is None
    finally:
        gc.enable()
