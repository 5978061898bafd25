"""The little that is asked of CUDA itself: how many devices there are, and memory to copy from."""

import ctypes
import math
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

DRIVER = "libcuda.so.1"
RUNTIME = "libcudart.so.{major}"

Array = npt.NDArray[Any]
Library = Callable[[str], Any]


def devices(load: Library = ctypes.CDLL) -> int:
    """NVIDIA devices that a program here may use; 0 without a driver."""
    try:
        driver = load(DRIVER)
    except OSError:
        return 0
    count = ctypes.c_int(0)
    if driver.cuInit(0) != 0 or driver.cuDeviceGetCount(ctypes.byref(count)) != 0:
        return 0
    return count.value


def runtime(version: str, load: Library = ctypes.CDLL) -> Any:  # noqa: ANN401 - a C library
    """The CUDA runtime that ONNX Runtime was built for; None where it is not to be had."""
    try:
        return load(RUNTIME.format(major=version.split(".", maxsplit=1)[0]))
    except OSError:
        return None


def pinned(
    shape: tuple[int, ...],
    dtype: np.dtype[Any],
    library: Any,  # noqa: ANN401 - a C library
    device: int = 0,
) -> Array | None:
    """Memory that stays where it is, so that a device reads it without a copy in between.

    None where there is none to be had.
    """
    size = max(1, math.prod(shape) * dtype.itemsize)
    place = ctypes.c_void_p()
    # The device is named first: asked without it, CUDA would take room on the first one.
    if library is None or library.cudaSetDevice(ctypes.c_int(device)):
        return None
    if library.cudaHostAlloc(ctypes.byref(place), ctypes.c_size_t(size), ctypes.c_uint(0)):
        return None
    held = (ctypes.c_char * size).from_address(place.value or 0)
    # The bytes are the base of every view of the array, and live as long as one of them.
    weakref.finalize(held, library.cudaFreeHost, place).atexit = False
    array: Array = np.ndarray(shape, dtype, buffer=memoryview(held))
    array[...] = 0
    return array
