"""Writes the network as ONNX: bytes of pixels in, scores out, the normalisation within."""

from pathlib import Path

import jax.numpy as jnp
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from training.network import LAYERS, MEAN, SPREAD, TINY, Layer, Statistics, Weights, scores
from training.pictures import SIDE, Pixels

OPSET, IR = 17, 10
CLOSE = 1e-3


def export(weights: Weights, statistics: list[Statistics], folder: Path) -> Path:
    """The file, once the checker is content with it."""
    nodes, constants = _entry()
    signal = "centred"
    for number, (layer, known, (_, stride)) in enumerate(
        zip(weights.layers, statistics, LAYERS, strict=True)
    ):
        constants += _folded(number, layer, known)
        inputs = [signal, f"kernel{number}", f"shift{number}"]
        conv = helper.make_node(
            "Conv", inputs, [f"conv{number}"], strides=[stride] * 2, pads=[1] * 4
        )
        signal = f"relu{number}"
        nodes += [conv, helper.make_node("Relu", [f"conv{number}"], [signal])]
    nodes += _exit(signal)
    constants += [_constant("head", weights.head), _constant("bias", weights.bias)]
    graph = helper.make_graph(nodes, "leaf-diseases", *_ends(weights), constants)
    model = helper.make_model(graph, ir_version=IR, opset_imports=[helper.make_opsetid("", OPSET)])
    onnx.checker.check_model(model, full_check=True)
    path = folder / "model.onnx"
    path.write_bytes(model.SerializeToString())
    return path


def agree(path: Path, weights: Weights, statistics: list[Statistics], pictures: Pixels) -> None:
    """Raises when ONNX Runtime does not compute what JAX does."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    ours = np.asarray(scores(weights, statistics, jnp.asarray(pictures, jnp.float32)))
    np.testing.assert_allclose(session.run(None, {"image": pictures})[0], ours, atol=CLOSE)


def _entry() -> tuple[list[onnx.NodeProto], list[onnx.TensorProto]]:
    nodes = [
        helper.make_node("Cast", ["image"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Transpose", ["floats"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("Mul", ["planes", "factor"], ["scaled"]),
        helper.make_node("Add", ["scaled", "offset"], ["centred"]),
    ]
    return nodes, [_constant("factor", 1 / SPREAD), _constant("offset", -MEAN / SPREAD)]


def _folded(number: int, layer: Layer, known: Statistics) -> list[onnx.TensorProto]:
    """The scaling behind a convolution is part of its kernel here."""
    factor = layer.scale / jnp.sqrt(known.variance + TINY)
    kernel = jnp.transpose(layer.kernel * factor, (3, 2, 0, 1))
    shift = layer.shift - known.mean * factor
    return [_constant(f"kernel{number}", kernel), _constant(f"shift{number}", shift)]


def _exit(signal: str) -> list[onnx.NodeProto]:
    return [
        helper.make_node("GlobalAveragePool", [signal], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["features"]),
        helper.make_node("Gemm", ["features", "head", "bias"], ["scores"]),
    ]


def _ends(weights: Weights) -> tuple[list[onnx.ValueInfoProto], list[onnx.ValueInfoProto]]:
    shape = ["batch", SIDE, SIDE, 3]
    entry = helper.make_tensor_value_info("image", TensorProto.UINT8, shape)
    classes = int(weights.head.shape[1])
    return [entry], [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["batch", classes])]


def _constant(name: str, value: object) -> onnx.TensorProto:
    return numpy_helper.from_array(np.asarray(value, dtype=np.float32), name)
