import pytest

from inference.engines.runtime.failures import Failure, OutOfMemory, diagnose, meaning
from inference.errors import Fatal

# As ONNX Runtime and CUDA's libraries word them.
MEMORY = [
    "Status Message: BFCArena::AllocateRawInternal Failed to allocate memory for requested buffer",
    "CUDA failure 2: out of memory ; GPU=0 ; hostname=a ; expr=cudaMalloc((void**)&p, size);",
    "CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED ; GPU=0 ; expr=cublasCreate(&cublas_handle_);",
    "Available memory of 1000 is smaller than requested bytes of 2000",
]
LOST = [
    "CUDA failure 700: an illegal memory access was encountered ; GPU=0 ; expr=cudaMemcpyAsync();",
    "CUDA failure 719: unspecified launch failure ; GPU=0 ; expr=cudaGetLastError();",
    "CUDA failure 214: uncorrectable ECC error encountered ; GPU=0",
    "CUDA error 710: device-side assert triggered",
    "CUDNN failure 5000: CUDNN_STATUS_EXECUTION_FAILED ; GPU=0",
    # The arena fails too once the device is lost.
    "CUDA failure 700: an illegal memory access was encountered ; Failed to allocate memory",
]
OTHER = [
    "Got invalid dimensions for input: images for the following indices",
    "CUDA failure 1: invalid argument ; GPU=0",
    "",
]


@pytest.mark.parametrize("said", MEMORY)
def test_memory_that_ran_out_is_recognised(said: str) -> None:
    assert diagnose(said) is Failure.MEMORY
    assert isinstance(meaning(RuntimeError(said)), OutOfMemory)


@pytest.mark.parametrize("said", LOST)
def test_a_device_that_no_later_call_can_use_ends_the_process(said: str) -> None:
    assert diagnose(said) is Failure.LOST
    assert isinstance(meaning(RuntimeError(said)), Fatal)


@pytest.mark.parametrize("said", OTHER)
def test_whatever_else_goes_wrong_is_left_as_it_is(said: str) -> None:
    assert diagnose(said) is Failure.OTHER
    assert meaning(RuntimeError(said)) is None
