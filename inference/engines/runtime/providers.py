"""On what a graph runs: what was asked for, or a line that says what to do; nothing silent."""

from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import NamedTuple

import structlog

from inference.engines.runtime.settings import Device, EngineSettings
from inference.errors import Misconfigured

log = structlog.get_logger(__name__)

CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"
TENSORRT = "TensorrtExecutionProvider"
SHORT = {"cpu": CPU, "cuda": CUDA, "tensorrt": TENSORRT}
ON_CUDA = frozenset({CUDA, TENSORRT})
# Distributions that all bring the module `onnxruntime`, each overwriting the others' files.
DISTRIBUTIONS = (
    "onnxruntime",
    "onnxruntime-gpu",
    "onnxruntime-directml",
    "onnxruntime-openvino",
    "onnxruntime-qnn",
)
INSTALL = "uv sync --extra cpu, or --extra gpu"


class DeviceMissing(Misconfigured):
    """What was asked for cannot be used now; a rung that needs nothing of it still could answer."""


class Plan(NamedTuple):
    """Execution providers with their options, best first."""

    providers: tuple[tuple[str, Mapping[str, str]], ...]
    fallback: bool = False
    """Whether the CPU may take over where the first one is not usable."""
    batches: int = 2
    """How many are in the device at once."""
    buffers: bool = False
    """Whether batches go through buffers that are made once: they have to be copied anyway."""

    @property
    def first(self) -> str:
        """The provider that has to be there."""
        return self.providers[0][0]

    @property
    def on_cuda(self) -> bool:
        """Whether batches have to be brought to a device."""
        return self.first in ON_CUDA

    @property
    def device(self) -> int:
        """The number of the device."""
        return int(self.providers[0][1].get("device_id", "0"))


CPU_ONLY = Plan(((CPU, {}),))


class Here(NamedTuple):
    """What this machine offers."""

    compiled: Sequence[str]
    """Providers that ONNX Runtime was built with; whether they work is another question."""
    devices: int
    """NVIDIA devices that a driver offers."""


def plan(settings: EngineSettings, here: Here) -> Plan:
    """What to run on; raises DeviceMissing where that is not to be had."""
    asked = _asked(settings)
    if asked is None:
        return _found(settings, here)
    lacking = _lacking(asked[0], here)
    if lacking is None:
        return _planned(asked, settings, fallback=settings.allow_cpu_fallback)
    if not settings.allow_cpu_fallback:
        raise DeviceMissing(lacking)
    log.warning("the CPU takes over", asked=asked[0], reason=lacking)
    return CPU_ONLY


def check_installed(found: Sequence[str]) -> None:
    """Raises unless exactly one distribution of ONNX Runtime is installed."""
    if not found:
        message = f"ONNX Runtime is not installed: install one of its builds ({INSTALL})"
        raise Misconfigured(message)
    if len(found) > 1:
        message = (
            f"{' and '.join(found)} are installed and overwrite each other: "
            f"uninstall all of them, then install one ({INSTALL})"
        )
        raise Misconfigured(message)


def installed() -> list[str]:
    """The distributions of ONNX Runtime that are installed."""
    return [name for name in DISTRIBUTIONS if _is_installed(name)]


def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _asked(settings: EngineSettings) -> tuple[str, ...] | None:
    """What was asked for by name; None leaves the choice to us."""
    names = [name.strip() for name in settings.providers.split(",") if name.strip()]
    if names and settings.device is not Device.AUTO:
        message = "PROVIDERS and DEVICE are both set: set one of them"
        raise Misconfigured(message)
    if names:
        return tuple(SHORT.get(name.lower(), name) for name in names)
    return {Device.AUTO: None, Device.CPU: (CPU,), Device.CUDA: (CUDA, CPU)}[settings.device]


def _found(settings: EngineSettings, here: Here) -> Plan:
    """CUDA where it can be expected to work, else the CPU."""
    lacking = _lacking(CUDA, here)
    if lacking is None:
        return _planned((CUDA, CPU), settings, fallback=True)
    if CUDA in here.compiled:
        log.warning("models run on the CPU", reason=lacking)
    return CPU_ONLY


def _lacking(name: str, here: Here) -> str | None:
    """Why a provider cannot be used here, and what to do about it."""
    if name not in here.compiled:
        if name in ON_CUDA:
            return (
                f"{name} is not in this build of ONNX Runtime: uv sync --extra gpu, or DEVICE=cpu"
            )
        return f"{name} is not in this build of ONNX Runtime; it has {', '.join(here.compiled)}"
    if name in ON_CUDA and not here.devices:
        return (
            f"{name} finds no NVIDIA device: see whether nvidia-smi lists one here (a container "
            "needs --gpus), or set DEVICE=cpu"
        )
    return None


def _planned(names: Sequence[str], settings: EngineSettings, *, fallback: bool) -> Plan:
    options = {name: _cuda_options(settings) if name == CUDA else {} for name in names}
    if TENSORRT in options:
        options[TENSORRT] = {"device_id": str(settings.gpu_device)}
    found = Plan(tuple(options.items()), fallback, settings.gpu_batches)
    # TensorRT builds an engine for every size, for minutes each: it is left to its own way.
    return found._replace(buffers=found.first == CUDA)


def _cuda_options(settings: EngineSettings) -> dict[str, str]:
    """Memory is taken as it is asked for: doubling would take what others on the card need."""
    options = {
        "device_id": str(settings.gpu_device),
        "arena_extend_strategy": "kSameAsRequested",
        "cudnn_conv_algo_search": "HEURISTIC",
    }
    if settings.gpu_memory_limit is not None:
        options["gpu_mem_limit"] = str(settings.gpu_memory_limit)
    return options | settings.cuda_options
