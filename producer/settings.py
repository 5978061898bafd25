"""What can be set for the producer; built once in `__main__`, passed from there."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ProducerSettings(BaseSettings):
    """How the producer publishes and where it listens."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    host: str = Field("127.0.0.1", description="Address that the producer's HTTP side listens on.")
    port: int = Field(
        8001, ge=0, le=65535, description="Port of the producer's HTTP side; 0 takes any."
    )
    source: str = Field(
        "/penstock/producer",
        min_length=1,
        description="CloudEvents source of events whose sender names none.",
    )
    acknowledge_timeout: float = Field(
        10.0, gt=0, description="Seconds that the broker gets to acknowledge an event."
    )
    consumer_url: str = Field(
        "http://127.0.0.1:8002",
        description="Where results can be asked for; answers to requests point there.",
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")
