"""What can be set for the consumer; built once in `__main__`, passed from there."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class HttpSettings(BaseSettings):
    """Where the consumer listens, and how it speaks."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    host: str = Field("127.0.0.1", description="Address that the consumer's HTTP side listens on.")
    port: int = Field(
        8002, ge=0, le=65535, description="Port of the consumer's HTTP side; 0 takes any."
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")


class StoreSettings(BaseSettings):
    """Where results are kept, and for how long."""

    model_config = SettingsConfigDict(
        env_prefix="STORE_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    url: SecretStr = Field(
        SecretStr("sqlite:///.local/store.db"),
        description="sqlite:///relative/path, sqlite:////absolute/path, or "
        "postgresql://user:password@host/database; by default sqlite:///.local/store.db.",
    )
    retention_days: float = Field(
        30.0, ge=0, description="Days after which rows are deleted; 0 keeps them for ever."
    )


class ConsumerSettings(BaseSettings):
    """How results and dead letters are read."""

    model_config = SettingsConfigDict(
        env_prefix="CONSUMER_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    group: str = Field("penstock-consumer", description="Consumer group.")
    group_instance_id: str | None = Field(
        None,
        description="Static membership: a restart within the session timeout moves no partition. "
        "Must be different for every consumer.",
    )
    session_timeout: float = Field(
        12.0, gt=0, description="Seconds without a heartbeat after which a consumer counts as dead."
    )
    batch: int = Field(2_000, ge=1, le=10_000, description="Most records that are stored at once.")
    commit_interval: float = Field(
        1.0, gt=0, description="Seconds between commits; after a kill about as much is read again."
    )
    watch_interval: float = Field(
        5.0, gt=0, description="Seconds between looks at the lag, the broker and the store."
    )
    burst_interval: float = Field(
        30.0, gt=0, description="Seconds between looks for bursts, of lanes that look for them."
    )
    stuck_after: float = Field(
        120.0, gt=0, description="Seconds after which a write that hangs makes /health/live fail."
    )
