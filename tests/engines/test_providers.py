import subprocess
import sys
from pathlib import Path

import pytest
from structlog.testing import capture_logs

import graphs
from inference.engines.runtime.onnx import Network
from inference.engines.runtime.providers import (
    CPU,
    CPU_ONLY,
    CUDA,
    DeviceMissing,
    Here,
    Plan,
    check_installed,
    installed,
    plan,
)
from inference.engines.runtime.settings import EngineSettings
from inference.errors import Misconfigured

CPU_BUILD = Here((CPU,), 1)
GPU_BUILD = Here((CUDA, CPU), 1)
NO_GPU = Here((CUDA, CPU), 0)


def settings(**changes: object) -> EngineSettings:
    return EngineSettings.model_validate(changes)


def test_auto_takes_cuda_where_its_build_finds_a_device() -> None:
    found = plan(settings(), GPU_BUILD)
    assert [name for name, _ in found.providers] == [CUDA, CPU]
    assert found.fallback
    assert found.buffers


@pytest.mark.parametrize(("here", "said"), [(CPU_BUILD, 0), (NO_GPU, 1)])
def test_auto_takes_the_cpu_else_and_says_so_where_cuda_was_installed(
    here: Here, said: int
) -> None:
    with capture_logs() as logs:
        assert plan(settings(), here) == CPU_ONLY
    assert len(logs) == said


def test_the_cpu_can_be_asked_for_where_there_is_a_gpu() -> None:
    assert plan(settings(device="cpu"), GPU_BUILD).providers == CPU_ONLY.providers


@pytest.mark.parametrize(
    ("here", "said"), [(CPU_BUILD, "uv sync --extra gpu"), (NO_GPU, "nvidia-smi")]
)
def test_cuda_that_was_asked_for_is_not_replaced_silently(here: Here, said: str) -> None:
    with pytest.raises(DeviceMissing, match=said):
        plan(settings(device="cuda"), here)
    with capture_logs() as logs:
        assert plan(settings(device="cuda", allow_cpu_fallback=True), here) == CPU_ONLY
    assert said in logs[0]["reason"]


def test_providers_are_taken_in_their_order_under_short_names_too() -> None:
    found = plan(settings(providers="cuda, CPUExecutionProvider", gpu_device=1), GPU_BUILD)
    assert [name for name, _ in found.providers] == [CUDA, CPU]
    assert found.device == 1
    assert not found.fallback


def test_what_is_set_for_the_gpu_reaches_its_provider() -> None:
    asked = settings(gpu_memory_limit=10**9, cuda_options={"use_tf32": "0"}, gpu_batches=3)
    found = plan(asked, GPU_BUILD)
    options = dict(found.providers)[CUDA]
    assert options["gpu_mem_limit"] == "1000000000"
    assert options["use_tf32"] == "0"
    assert found.batches == 3


def test_two_ways_to_say_what_to_run_on_are_one_too_many() -> None:
    with pytest.raises(Misconfigured, match="set one of them"):
        plan(settings(device="cpu", providers="cpu"), CPU_BUILD)


def test_a_provider_that_nobody_knows_is_said_with_those_there_are() -> None:
    with pytest.raises(DeviceMissing, match="it has CPUExecutionProvider"):
        plan(settings(providers="abacus"), CPU_BUILD)


def test_exactly_one_build_of_onnx_runtime_may_be_installed() -> None:
    check_installed(installed())
    with pytest.raises(Misconfigured, match="is not installed"):
        check_installed([])
    with pytest.raises(Misconfigured, match="onnxruntime and onnxruntime-gpu are installed"):
        check_installed(["onnxruntime", "onnxruntime-gpu"])


def test_a_device_that_the_runtime_cannot_reach_is_missed_or_replaced_as_planned(
    tmp_path: Path,
) -> None:
    path = graphs.write(tmp_path / "m", graphs.description()) / "model.onnx"
    with pytest.raises(DeviceMissing, match="ALLOW_CPU_FALLBACK=true"):
        Network(path, Plan(((CUDA, {"device_id": "99"}), (CPU, {}))))


def test_two_builds_end_a_program_with_one_line(tmp_path: Path) -> None:
    other = tmp_path / "onnxruntime_gpu-1.31.dist-info"
    other.mkdir()
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: onnxruntime-gpu\nVersion: 1.31\n")
    done = subprocess.run(
        [sys.executable, "-c", "import inference.engines.runtime.onnx"],
        env={"PYTHONPATH": f".:{tmp_path}"},
        capture_output=True,
        text=True,
        check=False,
    )
    last = done.stderr.strip().splitlines()[-1]
    assert "onnxruntime and onnxruntime-gpu are installed and overwrite each other" in last
