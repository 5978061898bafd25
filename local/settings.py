"""What can be set for `make run`; built once in `__main__`, passed from there."""

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from inference.errors import Misconfigured
from local.places import STATE
from local.ports import LOOPBACK


class LocalSettings(BaseSettings):
    """Everything on one machine: which ports, where data is kept, and what is sent at the start."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    kafka_bootstrap_servers: str | None = Field(
        None, description="A broker that is there already; without it one is started here."
    )
    kafka_port: int = Field(
        9092, ge=1, le=65535, description="Port of the broker that is started here."
    )
    inference_port: int = Field(
        8000, ge=1, le=65535, description="Port of inference's HTTP side under `make run`."
    )
    producer_port: int = Field(
        8001, ge=1, le=65535, description="Port of the producer's HTTP side under `make run`."
    )
    consumer_port: int = Field(
        8002, ge=1, le=65535, description="Port of the consumer's HTTP side under `make run`."
    )
    metrics_port: int = Field(
        9100,
        ge=1,
        le=65000,
        description="First port that is tried for a worker's metrics and health under `make run`; "
        "each worker takes the next free one.",
    )
    store_url: str | None = Field(
        None, description="The consumer's database; by default a file in the folder below."
    )
    local_folder: Path = Field(
        STATE, description="Where `make run` keeps the broker's records, the store and the logs."
    )
    samples: int = Field(12, ge=0, description="Samples that are sent at the start; 0 sends none.")
    ready_within: float = Field(
        90.0, gt=0, description="Seconds that all processes together get until they are ready."
    )

    @model_validator(mode="after")
    def _differ(self) -> Self:
        ports = (self.kafka_port, self.inference_port, self.producer_port, self.consumer_port)
        if len(set(ports)) < len(ports):
            message = "KAFKA_PORT, INFERENCE_PORT, PRODUCER_PORT and CONSUMER_PORT must differ"
            raise Misconfigured(message)
        return self

    @property
    def bootstrap(self) -> str:
        """Where all programs find Kafka."""
        return self.kafka_bootstrap_servers or f"{LOOPBACK}:{self.kafka_port}"

    @property
    def broker(self) -> Path:
        """Where our own Kafka keeps its records."""
        return self.local_folder.resolve() / "kafka" / "broker"

    @property
    def logs(self) -> Path:
        """Where each process has its log."""
        return self.local_folder / "logs"

    @property
    def store(self) -> str:
        """Where the consumer keeps results."""
        return self.store_url or f"sqlite:///{self.local_folder.resolve()}/store.db"
