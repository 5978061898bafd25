"""What can be set for every lane that runs ONNX models."""

from enum import StrEnum

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Device(StrEnum):
    """What models run on."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


class EngineSettings(BaseSettings):
    """What models run on, and how large their batches grow."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    device: Device = Field(
        Device.AUTO,
        description="What models run on: cpu, cuda (refuses to start without), or auto: CUDA where "
        "the extra gpu is installed and a device is there, else the CPU.",
    )
    providers: str = Field(
        "",
        description="In place of DEVICE: ONNX Runtime's execution providers, best first, with "
        "commas; the first one must be usable. cpu, cuda and tensorrt are known by these names.",
    )
    allow_cpu_fallback: bool = Field(
        default=False,
        description="Whether the CPU may take over where what was asked for is not usable; said in "
        "the log.",
    )
    gpu_device: int = Field(0, ge=0, description="Number of the GPU that models run on.")
    gpu_memory_limit: int | None = Field(
        None,
        ge=1,
        description="Most bytes of GPU memory that a model takes; by default as many as it needs.",
    )
    gpu_batches: int = Field(
        2,
        ge=1,
        le=16,
        description="Batches in the GPU at once: one is copied while another one is computed.",
    )
    cuda_options: dict[str, str] = Field(
        default_factory=dict,
        description="More options of ONNX Runtime's CUDA provider, as JSON of texts.",
    )
    batch_latency_target: float = Field(
        0.1,
        gt=0,
        description="Seconds that a batch may take, as measured at the start, unless there is a "
        "backlog. Where BATCH_CAP is not set.",
    )
