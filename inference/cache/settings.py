"""What can be set about the cache; built once in `__main__`."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

MIB = 1024 * 1024


class CacheSettings(BaseSettings):
    """Which answers are kept, where, and for how long."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    enable_model_cache: bool = Field(
        default=True,
        description="Keep answers of the best rung, and give them again for the same content.",
    )
    model_cache_size: int = Field(
        128, ge=0, description="Most answers of a lane in a process's memory."
    )
    model_cache_bytes: int = Field(
        64 * MIB, ge=0, description="Most bytes that these answers take there."
    )
    model_cache_ttl: float = Field(
        3600.0, gt=0, description="Seconds for which an answer is kept, whichever tiers it is in."
    )
    model_cache_dir: Path | None = Field(
        None,
        description="Folder in which answers survive a restart, a file per lane; none by default. "
        "Processes of one machine may share it. Answers of sensitive lanes are never put there.",
    )
    model_cache_disk_bytes: int = Field(
        512 * MIB, ge=1, description="Most bytes of a lane's answers in that folder."
    )
    model_cache_copies: int = Field(
        20_000,
        ge=0,
        description="Most sketches of questions kept to find those much alike; 0 looks for none.",
    )
    model_cache_copies_ttl: float = Field(
        48 * 3600.0, gt=0, description="Seconds for which a question much like another is a copy."
    )
    redis_url: SecretStr | None = Field(
        None,
        description="Redis or Valkey in which replicas share answers, redis://host:6379/0; none by "
        "default. Answers of sensitive lanes are never put there.",
    )
    redis_timeout: float = Field(
        0.05, gt=0, description="Seconds that looking up a batch in Redis may take."
    )
    redis_pause: float = Field(
        5.0, gt=0, description="Seconds for which Redis is left alone after five failures in a row."
    )
