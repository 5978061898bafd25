"""A GPU that is short of memory, or lost."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from benchmarks.networks import SIDE, mobilenet
from inference.engines.runtime import cuda as own
from inference.engines.runtime.onnx import Network, here
from inference.engines.runtime.providers import DeviceMissing, plan
from inference.engines.runtime.settings import EngineSettings

pytestmark = [pytest.mark.gpu, pytest.mark.timeout(600)]

MIB = 1024 * 1024

# Writes to address 0 with a kernel of our own; afterwards the context is beyond use.
LOSE = """
import ctypes, sys
import numpy as np
from pathlib import Path
from inference.engines.runtime.onnx import Network, here
from inference.engines.runtime.providers import plan
from inference.engines.runtime.settings import EngineSettings
from inference.errors import Fatal

network = Network(Path(sys.argv[1]), plan(EngineSettings(device="cuda"), here()))
batch = np.zeros((2, 128, 128, 3), np.uint8)
network.run(batch)
driver = ctypes.CDLL("libcuda.so.1")
context, module, kernel = (ctypes.c_void_p() for _ in range(3))
assert driver.cuDevicePrimaryCtxRetain(ctypes.byref(context), 0) == 0
assert driver.cuCtxSetCurrent(context) == 0
ptx = b'''.version 6.3
.target sm_75
.address_size 64
.visible .entry lose() {
  .reg .b64 %place;
  mov.u64 %place, 0;
  st.global.u32 [%place], 1;
  ret;
}
'''
assert driver.cuModuleLoadData(ctypes.byref(module), ptx) == 0
assert driver.cuModuleGetFunction(ctypes.byref(kernel), module, b"lose") == 0
assert driver.cuLaunchKernel(kernel, 1, 1, 1, 1, 1, 1, 0, None, None, None) == 0
print("sync", driver.cuCtxSynchronize())
try:
    network.run(batch)
except Fatal:
    print("fatal", flush=True)
    import os
    os._exit(0)
"""


def limited(limit: int) -> EngineSettings:
    return EngineSettings.model_validate({"device": "cuda", "gpu_memory_limit": limit})


def test_memory_that_the_device_copies_from_is_pinned() -> None:
    library = own.runtime(onnxruntime.cuda_version)
    assert own.pinned((8, 8), np.dtype(np.uint8), library) is not None


def test_a_limit_makes_batches_smaller_and_changes_no_answer(tmp_path: Path) -> None:
    path = mobilenet(tmp_path) / "model.onnx"
    network = Network(path, plan(limited(256 * MIB), here()))
    assert network.cap < 128
    batch = np.random.default_rng(1).integers(0, 256, (130, SIDE, SIDE, 3), dtype=np.uint8)
    ours, theirs = network.run(batch), Network(path).run(batch)
    assert np.abs(ours - theirs).max() <= 0.02 * (theirs.max() - theirs.min())


def test_a_limit_that_not_even_the_model_fits_into_is_said(tmp_path: Path) -> None:
    with pytest.raises(DeviceMissing):
        Network(mobilenet(tmp_path) / "model.onnx", plan(limited(MIB), here()))


def test_a_device_that_is_lost_ends_the_process() -> None:
    command = [sys.executable, "-c", LOSE, "models/leaf-diseases/model.onnx"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "fatal" in done.stdout, done.stdout + done.stderr
