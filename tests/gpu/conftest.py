"""For these tests a CUDA device is needed; where there is none they say so and are passed over."""

import pytest

from inference.engines.runtime.onnx import here
from inference.engines.runtime.providers import CUDA, Plan, plan
from inference.engines.runtime.settings import EngineSettings


def missing() -> str | None:
    """Why nothing can run on CUDA here."""
    found = here()
    if CUDA not in found.compiled:
        return "this ONNX Runtime was built without CUDA: make test-gpu EXTRA=gpu"
    return None if found.devices else "no NVIDIA driver offers a device here"


@pytest.fixture(autouse=True)
def _cuda_here() -> None:
    reason = missing()
    if reason:
        pytest.skip(reason)


@pytest.fixture
def cuda() -> Plan:
    """As DEVICE=cuda plans it."""
    return plan(EngineSettings.model_validate({"device": "cuda"}), here())
