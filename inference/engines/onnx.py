"""ONNX Runtime, and nothing else knows it: one thread per call, no spinning, no silent fallback."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
from onnxruntime.capi import onnxruntime_pybind11_state as refused

from inference.errors import Misconfigured

CPU = ("CPUExecutionProvider",)
QUIET = 3  # errors only: warnings about the graph are for those who export it

UNUSABLE = (
    refused.Fail,
    refused.InvalidArgument,
    refused.InvalidGraph,
    refused.InvalidProtobuf,
    refused.NoModel,
    refused.NoSuchFile,
    refused.NotFound,
    refused.NotImplemented,
    refused.RuntimeException,
    refused.EPFail,
)

Batch = npt.NDArray[Any]


class Port(NamedTuple):
    """An input or output of a graph; a dimension that may vary is None."""

    name: str
    dtype: str
    shape: tuple[int | None, ...]


class Network:
    """A loaded graph with one input; threads may call it at the same time."""

    def __init__(self, path: Path, providers: Sequence[str] = CPU) -> None:
        self.path = path
        self._session = _session(path, providers)
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        if len(inputs) != 1:
            message = f"{path}: the graph has {len(inputs)} inputs; export it with one, the images"
            raise Misconfigured(message)
        self.input = _port(inputs[0])
        self.output = _port(outputs[0])

    def run(self, batch: Batch) -> Batch:
        """The first output for a batch, computed on the calling thread."""
        found: Batch = self._session.run([self.output.name], {self.input.name: batch})[0]
        return np.asarray(found)


def _session(path: Path, providers: Sequence[str]) -> ort.InferenceSession:
    """External data is taken from the model's own folder only: the runtime sees to that."""
    ort.disable_telemetry_events()
    if providers[0] not in ort.get_available_providers():
        raise Misconfigured(_not_usable(path, providers[0]))
    try:
        session = ort.InferenceSession(str(path), _options(), providers=list(providers))
    except UNUSABLE as error:
        reason = " ".join(str(error).split())
        message = f"{path}: ONNX Runtime {ort.__version__} cannot use this file: {reason}"
        raise Misconfigured(message) from error
    if session.get_providers()[0] != providers[0]:
        raise Misconfigured(_not_usable(path, providers[0]))
    return session


def _not_usable(path: Path, provider: str) -> str:
    return f"{path}: {provider} was asked for and is not usable on this machine"


def _options() -> ort.SessionOptions:
    """Threads come from the batches in flight, so that none waits or spins inside the runtime."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = QUIET
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    return options


def _port(argument: ort.NodeArg) -> Port:
    dtype = argument.type.removeprefix("tensor(").removesuffix(")")
    shape = tuple(size if isinstance(size, int) else None for size in argument.shape)
    return Port(argument.name, {"float": "float32"}.get(dtype, dtype), shape)
