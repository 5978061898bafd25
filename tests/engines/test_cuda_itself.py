"""CUDA's own libraries, in the form of small ones that do the same with the memory of the host."""

import ctypes
import gc
from typing import Any

import numpy as np
import pytest

from inference.engines.runtime import cuda

LIBC = ctypes.CDLL(None)
LIBC.malloc.restype = ctypes.c_void_p
LIBC.malloc.argtypes = (ctypes.c_size_t,)
LIBC.free.argtypes = (ctypes.c_void_p,)


class Runtime:
    """Host memory that cannot be pinned, but given out and taken back all the same."""

    def __init__(self, room: int = 10**6) -> None:
        self.room, self.given = room, 0

    def cudaSetDevice(self, device: ctypes.c_int) -> int:  # noqa: N802 - as CUDA has it
        return 101 if device.value else 0

    def cudaHostAlloc(self, place: Any, size: ctypes.c_size_t, _: ctypes.c_uint) -> int:  # noqa: ANN401, N802 - as CUDA has it
        if size.value > self.room:
            return 2
        place._obj.value = LIBC.malloc(size)
        self.given += 1
        return 0

    def cudaFreeHost(self, place: ctypes.c_void_p) -> int:  # noqa: N802 - as CUDA has it
        LIBC.free(place)
        self.given -= 1
        return 0


class Driver:
    """A driver that knows some devices, or fails at once."""

    def __init__(self, devices: int, failure: int = 0) -> None:
        self.devices, self.failure = devices, failure

    def cuInit(self, _: int) -> int:  # noqa: N802 - as CUDA has it
        return self.failure

    def cuDeviceGetCount(self, count: Any) -> int:  # noqa: ANN401, N802 - as CUDA has it
        count._obj.value = self.devices
        return 0


def missing(name: str) -> Any:  # noqa: ANN401 - never gives anything
    raise OSError(name)


@pytest.mark.parametrize(("driver", "found"), [(Driver(2), 2), (Driver(0), 0), (Driver(1, 100), 0)])
def test_devices_are_those_that_the_driver_offers(driver: Driver, found: int) -> None:
    assert cuda.devices(lambda _: driver) == found


def test_without_a_driver_there_is_no_device_and_no_runtime() -> None:
    assert cuda.devices(missing) == 0
    assert cuda.runtime("13.0", missing) is None


def test_the_runtime_is_that_of_the_version_that_onnx_runtime_was_built_for() -> None:
    assert cuda.runtime("13.0", lambda name: name) == "libcudart.so.13"


def test_pinned_memory_is_given_back_when_nothing_looks_at_it_any_more() -> None:
    runtime = Runtime()
    array = cuda.pinned((4, 3), np.dtype(np.float32), runtime)
    assert array is not None
    view = array[:2]
    del array
    gc.collect()
    view[...] = 7
    assert (view.sum(), runtime.given) == (42, 1)
    del view
    gc.collect()
    assert runtime.given == 0


@pytest.mark.parametrize("runtime", [None, Runtime(room=8)])
def test_memory_that_cannot_be_pinned_is_said(runtime: Runtime | None) -> None:
    assert cuda.pinned((4, 3), np.dtype(np.float32), runtime) is None


def test_memory_for_a_device_that_is_not_there_is_not_pinned() -> None:
    assert cuda.pinned((2,), np.dtype(np.uint8), Runtime(), device=1) is None
