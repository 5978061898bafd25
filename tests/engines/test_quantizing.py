import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from inference.engines.runtime.onnx import Network
from inference.engines.runtime.quantizing import agreement, quantize
from inference.errors import Misconfigured

RNG = np.random.default_rng(1)


def network(folder: Path) -> Path:
    """A convolution and a matrix, with random numbers."""
    constants = {
        "kernel": RNG.normal(0, 0.3, (8, 3, 3, 3)),
        "head": RNG.normal(0, 1, (8, 5)),
    }
    nodes = [
        helper.make_node("Conv", ["images", "kernel"], ["seen"], pads=[1] * 4),
        helper.make_node("Relu", ["seen"], ["lit"]),
        helper.make_node("GlobalAveragePool", ["lit"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
        helper.make_node("MatMul", ["flat", "head"], ["scores"]),
    ]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", 3, 16, 16])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n", 5])],
        [numpy_helper.from_array(v.astype(np.float32), k) for k, v in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    return folder / "model.onnx"


def batches(count: int) -> list[np.ndarray]:
    return [RNG.random((8, 3, 16, 16), np.float32) for _ in range(count)]


def test_a_quantized_graph_holds_bytes_and_agrees(tmp_path: Path) -> None:
    path, out = network(tmp_path), tmp_path / "light.onnx"
    quantize(path, batches(4), out)
    kinds = {each.data_type for each in onnx.load(out).graph.initializer}
    assert {TensorProto.INT8, TensorProto.UINT8} <= kinds
    full, light, unseen = Network(path), Network(out), batches(8)
    given = [full.run(batch) for batch in unseen], [light.run(batch) for batch in unseen]
    assert agreement(*given) > 0.9
    assert np.allclose(given[0], given[1], atol=0.1)


def test_weights_leave_room_for_sums_of_sixteen_bits(tmp_path: Path) -> None:
    out = tmp_path / "light.onnx"
    quantize(network(tmp_path), batches(2), out)
    weights = [
        numpy_helper.to_array(each)
        for each in onnx.load(out).graph.initializer
        if each.data_type == TensorProto.INT8 and len(each.dims) > 1
    ]
    assert weights
    assert all(np.abs(weight.astype(int)).max() <= 64 for weight in weights)


def test_agreement_is_the_share_of_equal_best_labels() -> None:
    ours = [np.array([[1, 0], [0, 1]]), np.array([[1, 0]])]
    theirs = [np.array([[9, 0], [2, 1]]), np.array([[1, 0]])]
    assert agreement(ours, theirs) == pytest.approx(2 / 3)


def test_what_cannot_be_quantized_is_one_line_and_leaves_no_file(tmp_path: Path) -> None:
    out = tmp_path / "light.onnx"
    wrong = [np.zeros((1, 4, 16, 16), np.float32)]
    with pytest.raises(Misconfigured, match=r"cannot be quantized[^\n]+$"):
        quantize(network(tmp_path), wrong, out)
    assert not out.exists()


def test_without_the_package_onnx_it_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['onnx'] = None\n"
        "from pathlib import Path\n"
        "from inference.engines.runtime.quantizing import quantize\n"
        "quantize(Path('models/leaf-diseases/model.onnx'), [], Path('nowhere.onnx'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert "Misconfigured: making a light model needs the package onnx" in done.stderr
    assert "--extra quantize" in done.stderr
