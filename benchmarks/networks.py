"""A network of MobileNetV2's shape and cost with random weights: right for speed, useless else."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import yaml
from onnx import TensorProto, helper, numpy_helper

SIDE, CLASSES = 224, 1000
OPSET, IR = 17, 10
# Expansion, channels, repeats and stride of each stage of inverted residuals.
STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)


class Drawing:
    """A graph that grows layer by layer."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self._rng = np.random.default_rng(1)

    def add(self, kind: str, inputs: list[str], **attributes: Any) -> str:  # noqa: ANN401 - ONNX's
        """One node; gives the name of what it gives."""
        name = f"{kind.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def weight(self, *shape: int) -> str:
        """Random numbers of a size that keeps signals as they are."""
        name = f"w{len(self.weights)}"
        fan_in = int(np.prod(shape[1:])) or 1
        values = self._rng.normal(0, (2 / fan_in) ** 0.5, shape)
        self.weights.append(numpy_helper.from_array(values.astype(np.float32), name))
        return name

    def conv(self, signal: str, sizes: tuple[int, int], side: int, stride: int, groups: int) -> str:
        """A convolution with its bias."""
        before, after = sizes
        kernel = self.weight(after, before // groups, side, side)
        return self.add(
            "Conv",
            [signal, kernel, self.weight(after)],
            strides=[stride] * 2,
            pads=[side // 2] * 4,
            group=groups,
        )

    def clip(self, signal: str) -> str:
        """ReLU6."""
        return self.add("Clip", [signal, "zero", "six"])

    def residual(self, signal: str, before: int, after: int, expansion: int, stride: int) -> str:
        """Wider, through a depthwise convolution, narrower again."""
        wide, inner = before * expansion, signal
        if expansion > 1:
            inner = self.clip(self.conv(inner, (before, wide), 1, 1, 1))
        inner = self.clip(self.conv(inner, (wide, wide), 3, stride, wide))
        inner = self.conv(inner, (wide, after), 1, 1, 1)
        return self.add("Add", [signal, inner]) if stride == 1 and before == after else inner


def mobilenet(folder: Path) -> Path:
    """A model folder with such a network."""
    folder.mkdir(parents=True, exist_ok=True)
    drawing = Drawing()
    scores = _body(drawing)
    for name, value in (("zero", 0.0), ("six", 6.0), ("factor", 1 / 128)):
        drawing.weights.append(numpy_helper.from_array(np.array(value, np.float32), name))
    entry = helper.make_tensor_value_info("image", TensorProto.UINT8, ["batch", SIDE, SIDE, 3])
    exit_ = helper.make_tensor_value_info(scores, TensorProto.FLOAT, ["batch", CLASSES])
    graph = helper.make_graph(drawing.nodes, "mobilenet", [entry], [exit_], drawing.weights)
    opset = helper.make_opsetid("", OPSET)
    data = helper.make_model(graph, ir_version=IR, opset_imports=[opset]).SerializeToString()
    (folder / "model.onnx").write_bytes(data)
    (folder / "model.yaml").write_text(yaml.safe_dump(_description(data)), encoding="utf-8")
    return folder


def _body(drawing: Drawing) -> str:
    floats = drawing.add("Cast", ["image"], to=TensorProto.FLOAT)
    planes = drawing.add("Transpose", [floats], perm=[0, 3, 1, 2])
    signal = drawing.add("Mul", [planes, "factor"])
    signal, channels = drawing.clip(drawing.conv(signal, (3, 32), 3, 2, 1)), 32
    for expansion, after, repeats, stride in STAGES:
        for number in range(repeats):
            step = stride if number == 0 else 1
            signal, channels = drawing.residual(signal, channels, after, expansion, step), after
    signal = drawing.clip(drawing.conv(signal, (channels, 1280), 1, 1, 1))
    pooled = drawing.add("Flatten", [drawing.add("GlobalAveragePool", [signal])])
    return drawing.add("MatMul", [pooled, drawing.weight(1280, CLASSES)])


def _description(data: bytes) -> dict[str, object]:
    return {
        "name": "mobilenet-size",
        "version": "1",
        "task": "image-classification",
        "file": "model.onnx",
        "sha256": hashlib.sha256(data).hexdigest(),
        "license": "Apache-2.0",
        "labels": [f"class {number}" for number in range(CLASSES)],
        "input": {"layout": "NHWC", "channels": 3, "dtype": "uint8"},
        "preprocess": {
            "resize": {"mode": "shortest_edge", "size": 256, "resample": "bilinear"},
            "crop": SIDE,
            "color": "RGB",
        },
        "output": {"activation": "softmax"},
    }
