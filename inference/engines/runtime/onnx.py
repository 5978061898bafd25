"""ONNX Runtime, and nothing else knows it: one thread per call, no spinning, no silent fallback."""

import contextlib
import io
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import structlog

from inference.engines.runtime import cuda
from inference.engines.runtime.buckets import LARGEST, buckets
from inference.engines.runtime.failures import OutOfMemory, meaning
from inference.engines.runtime.pieces import Batch, Pieces
from inference.engines.runtime.ports import NARROW, WIDE, dtype_of, port
from inference.engines.runtime.providers import (
    CPU,
    CPU_ONLY,
    ON_CUDA,
    DeviceMissing,
    Here,
    Plan,
    check_installed,
    installed,
)
from inference.engines.runtime.seats import Card, Ends, Seats
from inference.errors import Misconfigured

check_installed(installed())

import onnxruntime as ort  # noqa: E402 - without its files, or with two builds', it fails oddly
from onnxruntime.capi import onnxruntime_pybind11_state as refused  # noqa: E402

log = structlog.get_logger(__name__)

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

# With bound inputs and outputs the runtime says the same, but always by this type.
FAILED = (*UNUSABLE, RuntimeError)


class Network:
    """A loaded graph with one input; threads may call it at the same time."""

    def __init__(self, path: Path, plan: Plan = CPU_ONLY) -> None:
        self.path = path
        self._session = _opened(path, plan)
        self.providers: tuple[str, ...] = tuple(self._session.get_providers())
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        if len(inputs) != 1:
            message = f"{path}: the graph has {len(inputs)} inputs; export it with one, the images"
            raise Misconfigured(message)
        self.input, self.output = port(inputs[0]), port(outputs[0])
        self._takes = np.dtype(dtype_of(inputs[0]))
        self._pieces = Pieces(path.name)
        self._seats: Seats | None = None
        # Nothing can be prepared for rows whose shape the graph leaves open.
        row = tuple(side for side in self.input.shape[1:] if side is not None)
        as_planned = plan.buffers and self.providers[0] == plan.first
        if as_planned and len(row) == len(self.input.shape) - 1:
            ends = Ends(self.input.name, self.output.name, row, self._takes)
            self._seats = Seats(_card(self._session, plan), ends, plan.batches)
            self._prepare(np.zeros((LARGEST, *row), self._takes), plan.batches)

    @property
    def on_cuda(self) -> bool:
        """Whether it runs on a GPU."""
        return self.providers[0] in ON_CUDA

    @property
    def cap(self) -> int:
        """Most rows that have room at once, as far as is known."""
        return self._pieces.cap.now

    def run(self, batch: Batch) -> Batch:
        """The first output for a batch, on the calling thread; in pieces where it is too large."""
        return self._pieces.run(batch, self._compute)

    def _prepare(self, rows: Batch, seats: int) -> None:
        """Each size in each seat: the device looks for the best way, and what has no room shows."""
        try:
            for size in buckets(LARGEST):
                for _ in range(seats):
                    self.run(rows[:size])
        except OutOfMemory as error:
            message = (
                f"{self.path}: the GPU has no room for it: "
                "raise GPU_MEMORY_LIMIT, or free some of its memory"
            )
            raise DeviceMissing(message) from error
        except FAILED as error:
            message = f"{self.path}: the graph cannot be run: {' '.join(str(error).split())}"
            raise Misconfigured(message) from error

    def _compute(self, rows: Batch, most: int) -> Batch:
        try:
            given = self._seats.run(rows, most) if self._seats else self._plainly(rows)
        except FAILED as error:
            known = meaning(error)
            if known is None:
                raise
            raise known from error
        return given.astype(WIDE) if given.dtype == NARROW else given

    def _plainly(self, rows: Batch) -> Batch:
        if rows.dtype == WIDE and self._takes == NARROW:
            rows = rows.astype(NARROW)
        return np.asarray(self._session.run([self.output.name], {self.input.name: rows})[0])


def here() -> Here:
    """What ONNX Runtime and this machine offer now: devices come and go."""
    return Here(tuple(ort.get_available_providers()), cuda.devices())


@cache
def _prepared(*, on_cuda: bool) -> str:
    """What has to be done once before a session, and what CUDA's libraries lack.

    They lie among Python's packages, where no loader looks for them.
    """
    ort.disable_telemetry_events()
    said = io.StringIO()
    if on_cuda:
        with contextlib.redirect_stdout(said):
            ort.preload_dlls()
    return " ".join(said.getvalue().split())


def _opened(path: Path, plan: Plan) -> ort.InferenceSession:
    """A session on what was planned; one on the CPU only where the plan allows that."""
    lacking = _prepared(on_cuda=plan.on_cuda)
    if plan.first not in ort.get_available_providers():
        raise DeviceMissing(_not_usable(path, plan, "it is not in this build of ONNX Runtime"))
    try:
        session = _session(path, plan)
        if session.get_providers()[0] == plan.first:
            return session
        reason = lacking or "its libraries, or the device, cannot be reached"
    except UNUSABLE as error:
        reason = " ".join(str(error).split())
        if plan.first == CPU:
            message = f"{path}: ONNX Runtime {ort.__version__} cannot use this file: {reason}"
            raise Misconfigured(message) from error
    return _instead(path, plan, reason)


def _instead(path: Path, plan: Plan, reason: str) -> ort.InferenceSession:
    """What opens on the CPU is a sound file: then the device is at fault."""
    session = _opened(path, CPU_ONLY)
    if not plan.fallback:
        raise DeviceMissing(_not_usable(path, plan, reason))
    log.warning("the CPU takes over", model=path.name, asked=plan.first, reason=reason)
    return session


def _not_usable(path: Path, plan: Plan, reason: str) -> str:
    return (
        f"{path}: {plan.first} was asked for and is not usable ({reason}): "
        "repair that, or set DEVICE=cpu or ALLOW_CPU_FALLBACK=true"
    )


def _session(path: Path, plan: Plan) -> ort.InferenceSession:
    """Without the runtime's own fallback, which goes on at another place and only prints so.

    External data is taken from the model's own folder only: the runtime sees to that.
    """
    providers = [(name, dict(options)) for name, options in plan.providers]
    return ort.InferenceSession(str(path), _options(), providers=providers, enable_fallback=0)


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


def _card(session: ort.InferenceSession, plan: Plan) -> Card:
    """A session's device: its memory, and memory here that it copies from."""
    kind, number = ("cuda", plan.device) if plan.on_cuda else ("cpu", 0)
    library = cuda.runtime(ort.cuda_version or "0") if plan.on_cuda else None

    def room(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:  # noqa: ANN401 - ONNX Runtime's
        return ort.OrtValue.ortvalue_from_shape_and_type(list(shape), dtype.type, kind, number)

    def staging(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Batch:
        found = cuda.pinned(shape, dtype, library, number)
        if found is None and plan.on_cuda:
            log.warning("memory is not pinned: copies to the device are slower")
        return np.zeros(shape, dtype) if found is None else found

    return Card(kind, number, session.io_binding, room, staging, session.run_with_iobinding)
