"""Makes a graph of 8-bit integers from one of floats: smaller, faster on a CPU, nearly the same.

Activations are unsigned and weights signed, of reduced range: processors without VNNI gain nothing
from other forms, or lose digits to saturation.
"""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from inference.engines.runtime.onnx import UNUSABLE, Network
from inference.errors import Misconfigured

Batch = npt.NDArray[Any]

# Where the time goes; the rest stays in floats, which keeps the answers closer.
COSTLY = ["Conv", "Gemm", "MatMul"]
# What the tool is known to raise on graphs that it does not understand.
NOT_UNDERSTOOD = (*UNUSABLE, AttributeError, KeyError, NotImplementedError, TypeError, ValueError)


class Shown:
    """Batches in the form in which the tool asks for them."""

    def __init__(self, name: str, batches: Iterable[Batch]) -> None:
        self._name, self._left = name, iter(batches)

    def get_next(self) -> dict[str, Batch] | None:
        """The next one; None at the end."""
        batch = next(self._left, None)
        return None if batch is None else {self._name: batch}


def quantize(model: Path, batches: Iterable[Batch], out: Path) -> None:
    """Writes the graph of integers, its ranges taken from what these batches bring about."""
    tool = _tool()
    name = Network(model).input.name
    with tempfile.TemporaryDirectory(prefix="penstock-quantize-") as folder:
        plain, small = Path(folder) / "plain.onnx", Path(folder) / "small.onnx"
        try:
            tool.shape_inference.quant_pre_process(str(model), str(plain), skip_symbolic_shape=True)
            _quantize(tool, plain, Shown(name, batches), small)
            Network(small)
        except NOT_UNDERSTOOD as error:
            reason = " ".join(str(error).split())
            message = (
                f"{model} cannot be quantized ({type(error).__name__}: {reason}): "
                "give a float32 export of it, with a fixed size of its images"
            )
            raise Misconfigured(message) from error
        out.write_bytes(small.read_bytes())


def agreement(ours: Iterable[Batch], theirs: Iterable[Batch]) -> float:
    """How often the best label of two ways to score the same inputs is the same."""
    same = [_best(one) == _best(other) for one, other in zip(ours, theirs, strict=True)]
    return float(np.concatenate(same).mean())


def _best(scores: Batch) -> Batch:
    return np.asarray(scores.argmax(axis=1))


def _quantize(tool: ModuleType, model: Path, shown: Shown, out: Path) -> None:
    tool.quantize_static(
        str(model),
        str(out),
        shown,
        quant_format=tool.QuantFormat.QDQ,
        op_types_to_quantize=COSTLY,
        per_channel=True,
        reduce_range=True,
        activation_type=tool.QuantType.QUInt8,
        weight_type=tool.QuantType.QInt8,
    )


def _tool() -> ModuleType:
    """ONNX Runtime's own tool, which needs one package more than answering does."""
    try:
        import onnxruntime.quantization as tool  # noqa: PLC0415 - needs the package onnx
        from onnxruntime.quantization import shape_inference  # noqa: F401, PLC0415
    except ImportError as error:
        message = (
            f"making a light model needs the package {error.name}: "
            "install the extra quantize (uv sync --extra cpu --extra quantize)"
        )
        raise Misconfigured(message) from error
    found: ModuleType = tool
    return found
