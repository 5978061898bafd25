"""What a failing device means, read from what ONNX Runtime says of it."""

import re
from enum import StrEnum

from inference.errors import Fatal, Transient


class Failure(StrEnum):
    """What has to happen next."""

    MEMORY = "memory"
    """Smaller batches may still fit."""
    LOST = "lost"
    """Every later call in this process fails too: another process has to take over."""
    OTHER = "other"


class OutOfMemory(Transient):
    """The device has no memory left for as much; less may fit."""


# Errors after which a CUDA context is beyond use, by their numbers in driver_types.h.
STICKY = frozenset(
    {
        46,  # devices busy or unavailable
        214,  # uncorrectable ECC error
        220,  # contained error
        226,  # uncontained error
        700,  # illegal address
        702,  # launch timeout
        709,  # context is destroyed
        710,  # device-side assert
        714,  # hardware stack error
        715,  # illegal instruction
        716,  # misaligned address
        717,  # invalid address space
        718,  # invalid program counter
        719,  # launch failure
        720,  # cooperative launch too large
        721,  # tensor memory leak
        999,  # unknown
    }
)
CUDA_OUT_OF_MEMORY = 2
NUMBER = re.compile(r"CUDA (?:failure|error:?) \(?(\d+)")
# The arena's own words come first: it is often the one that runs out.
MEMORY = re.compile(
    r"Failed to allocate memory|out of memory|_ALLOC_FAILED|DEVICE_ALLOCATION_FAILED"
    r"|Available memory of \d+ is smaller than requested"
)
LOST = re.compile(
    r"illegal memory access|device-side assert|unspecified launch failure|misaligned address"
    r"|uncorrectable ECC|_STATUS_EXECUTION_FAILED|_STATUS_MAPPING_ERROR"
)


def diagnose(said: str) -> Failure:
    """What a message amounts to."""
    numbers = {int(number) for number in NUMBER.findall(said)}
    if numbers & STICKY or LOST.search(said):
        return Failure.LOST
    if CUDA_OUT_OF_MEMORY in numbers or MEMORY.search(said):
        return Failure.MEMORY
    return Failure.OTHER


def meaning(error: Exception) -> Exception | None:
    """The error to raise in place of another one, where it means more than it says."""
    failure = diagnose(str(error))
    if failure is Failure.LOST:
        return Fatal("the GPU is lost to this process: another one has to take over")
    if failure is Failure.MEMORY:
        return OutOfMemory("the device has no memory left for a batch")
    return None
