"""Tiny classifiers: a channel's mean is a label's score, so what a picture shows is known."""

from pathlib import Path

import numpy as np
import yaml
from onnx import ModelProto, TensorProto, helper, numpy_helper

SIDE = 16
LABELS = ["red", "green", "blue"]
WIRE = {
    "float32": TensorProto.FLOAT,
    "float16": TensorProto.FLOAT16,
    "uint8": TensorProto.UINT8,
}


def channel_means(
    layout: str = "NCHW", dtype: str = "float32", batch: str | int = "n", factor: float = 1.0
) -> ModelProto:
    """Takes 16 x 16 pictures, gives the mean of each channel times a factor."""
    shape = [batch, 3, SIDE, SIDE] if layout == "NCHW" else [batch, SIDE, SIDE, 3]
    axes = [2, 3] if layout == "NCHW" else [1, 2]
    nodes = [
        helper.make_node("Cast", ["images"], ["numbers"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["numbers"], ["means"], axes=axes, keepdims=0),
        helper.make_node("Mul", ["means", "factor"], ["scores"]),
    ]
    graph = helper.make_graph(
        nodes,
        "channel-means",
        [helper.make_tensor_value_info("images", WIRE[dtype], shape)],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, [batch, 3])],
        [numpy_helper.from_array(np.array(factor, np.float32), "factor")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)


def description(**changes: object) -> dict[str, object]:
    """A model.yaml that fits, with some of its keys changed; None takes a key out."""
    whole: dict[str, object] = {
        "name": "channel-means",
        "version": "1",
        "task": "image-classification",
        "labels": LABELS,
        "preprocess": {"resize": {"mode": "exact", "size": SIDE}},
        "output": {"activation": "softmax"},
    }
    return {key: value for key, value in (whole | changes).items() if value is not None}


def write(folder: Path, said: dict[str, object], model: ModelProto | None = None) -> Path:
    """A model's folder."""
    folder.mkdir(exist_ok=True)
    (folder / "model.onnx").write_bytes((model or channel_means()).SerializeToString())
    (folder / "model.yaml").write_text(yaml.safe_dump(said))
    return folder
