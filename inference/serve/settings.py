"""What can be set for the HTTP side of inference; built once in `__main__`."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

MIB = 1024 * 1024


class ServeSettings(BaseSettings):
    """Where the HTTP side of inference listens, and how much it takes at once."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    host: str = Field("127.0.0.1", description="Address of the HTTP side of inference.")
    port: int = Field(
        8000, ge=0, le=65535, description="Port of the HTTP side of inference; 0 takes any."
    )
    serve_lanes: list[str] | None = Field(
        None,
        description='Lanes that are answered over HTTP, ["image-classification"]; by default all.',
    )
    workers: int | None = Field(
        None,
        ge=1,
        description="Batches of each lane that are computed at the same time; by default one for "
        "each core, and more where a lane waits for others most of the time.",
    )
    batch_cap: int | None = Field(
        None, ge=1, description="Most questions in a batch; by default what the lane likes best."
    )
    batch_bytes: int | None = Field(
        None, ge=1, description="Most bytes in a batch (a single larger question still passes)."
    )
    stuck_after: float = Field(
        120.0,
        gt=0,
        description="Seconds after which a batch that still computes ends the process.",
    )
    batch_call_items: int = Field(
        256, ge=1, description="Most items in one call of /inference/batch."
    )
    batch_call_bytes: int = Field(
        32 * MIB, ge=1, description="Most bytes in one call of /inference/batch."
    )
