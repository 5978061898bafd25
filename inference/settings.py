"""What can be set for a worker; built once in `__main__`, passed from there."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from inference.contract import Level

MIB = 1024 * 1024


class LogSettings(BaseSettings):
    """How a process speaks."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")


class WorkerSettings(BaseSettings):
    """How a worker reads, computes and ends."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    lane_name: str | None = Field(
        None,
        description="Another name for this lane, so that two workers of it serve two models; "
        "topic and consumer group are named after it.",
    )
    workers: int | None = Field(
        None,
        ge=1,
        description="Batches that are computed at the same time; by default one for each core, and "
        "more where a lane waits for others most of the time.",
    )
    batch_cap: int | None = Field(
        None, ge=1, description="Most records in a batch; by default what the lane likes best."
    )
    batch_bytes: int | None = Field(
        None, ge=1, description="Most bytes in a batch (a single larger record still passes)."
    )
    batch_linger: float | None = Field(
        None, ge=0, description="Seconds to wait for more when a batch is not full."
    )
    inflight_bytes: int = Field(
        64 * MIB, ge=1, description="No more is fetched while batches in flight hold this much."
    )
    commit_interval: float = Field(
        0.5, gt=0, description="Seconds between commits; after a kill about as much is repeated."
    )
    drain_timeout: float = Field(
        20.0, gt=0, description="Seconds that batches in flight get at SIGTERM and at a rebalance."
    )
    stuck_after: float = Field(
        120.0,
        gt=0,
        description="Seconds after which a batch that still computes, or a loop that does not "
        "turn, ends the process so that another one takes over.",
    )
    trial_timeout: float = Field(
        30.0, gt=0, description="Seconds that suspicious records get in the child process."
    )
    metrics_host: str = Field("127.0.0.1", description="Address for a worker's metrics and health.")
    metrics_port: int = Field(
        9100, ge=0, le=65535, description="Port of a worker's metrics and health; 0 takes any."
    )


class ControlSettings(BaseSettings):
    """How a worker, and the HTTP side of inference where it has a broker, report how they are."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    status_interval: float = Field(
        2.0, gt=0, description="Seconds between two reports on the status topic."
    )


class LadderSettings(BaseSettings):
    """How hard a rung is tried, and when it is left alone."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    rung_attempts: int = Field(
        3, ge=1, description="Times that a rung is asked which says that it may be asked again."
    )
    rung_timeout: float | None = Field(
        None,
        gt=0,
        description="Seconds that a rung gets for a batch, where it can be interrupted; by default "
        "what the lane finds right.",
    )
    item_deadline: float = Field(
        60.0, gt=0, description="Seconds from taking a batch up after which nothing is retried."
    )
    breaker_failures: int = Field(
        5, ge=1, description="Failures in a row after which a rung is left alone for a while."
    )
    breaker_pause: float = Field(
        60.0, gt=0, description="Seconds for which a failing rung is left alone, then tried once."
    )
    ladder_floor: Level | None = Field(
        None,
        description="The lowest rung that may answer (full, light or basic); where none above can, "
        "records wait. By default what the lane finds right.",
    )
    swap_min_agreement: float = Field(
        0.8,
        ge=0,
        le=1,
        description="Share of the latest questions on which a new version of a model must agree "
        "with the old one before it takes over.",
    )
    model_watch: float = Field(
        10.0,
        ge=0,
        description="Seconds between looks whether a new version of a model lies there; 0: never.",
    )


class ReaderSettings(BaseSettings):
    """How a worker's Kafka consumer behaves."""

    model_config = SettingsConfigDict(
        env_prefix="KAFKA_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    group: str | None = Field(None, description="Consumer group; by default penstock.<lane name>.")
    group_instance_id: str | None = Field(
        None,
        description="Static membership: a restart within the session timeout moves no partition. "
        "Must be different for every worker.",
    )
    session_timeout: float = Field(
        12.0, gt=0, description="Seconds without a heartbeat after which a worker counts as dead."
    )
    fetch_partition_bytes: int = Field(
        MIB, ge=1, description="Most bytes prefetched per partition (larger records still pass)."
    )
    fetch_bytes: int = Field(16 * MIB, ge=1, description="Most bytes in one fetch response.")
    request_timeout: float = Field(
        40.0, gt=0, description="Seconds that a request to the broker may take."
    )
    compression: str | None = Field(
        None, description="Compression of results: gzip, or lz4, snappy, zstd where installed."
    )
