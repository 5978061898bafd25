"""What can be set for the guard; built once in each `__main__`, passed from there."""

from pathlib import Path
from typing import Self

import limits
from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MIB = 1024 * 1024
OFF = "off"


class GuardSettings(BaseSettings):
    """Who may use an HTTP side, and how much of it."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    api_keys_file: Path | None = Field(
        None,
        description="File with the hashed API keys, a line each as `inference keys new` prints it; "
        "needed as soon as the service listens on more than this machine.",
    )
    metrics_need_key: bool = Field(
        default=False, description="Whether /metrics asks for a key with the scope read."
    )
    rate_limit: str | None = Field(
        None,
        description="Most requests per key (per address where no keys are asked for), such as "
        "`600/minute`; `off` for no limit; by default off without keys, and 600/minute with them.",
    )
    redis_url: SecretStr | None = Field(
        None,
        description="Redis in which replicas share their counts; without it each counts alone.",
    )
    max_body_bytes: int = Field(
        32 * MIB, ge=1, description="Most bytes in the body of one HTTP request."
    )
    in_flight_bytes: int = Field(
        64 * MIB,
        ge=1,
        description="Most bytes in the bodies of all open HTTP requests; the rest get 503.",
    )
    concurrent_requests: int = Field(
        1000, ge=1, description="Most open HTTP requests; the rest get 503."
    )
    body_timeout: float = Field(
        30.0, gt=0, description="Seconds in which the body of an HTTP request must have come."
    )
    request_timeout: float = Field(
        90.0, gt=0, description="Seconds in which an answer over HTTP must have begun."
    )
    cors_origins: str = Field(
        "",
        description="Origins whose pages may use the service from a browser, separated by commas; "
        "none by default.",
    )
    trusted_proxies: str = Field(
        "127.0.0.1",
        description="Addresses and networks whose X-Forwarded-For and X-Forwarded-Proto are "
        "believed, separated by commas.",
    )
    usage_rows: int = Field(
        1000, ge=0, le=100_000, description="Most recent requests that GET /usage can list."
    )

    @field_validator("rate_limit")
    @classmethod
    def _is_a_rate(cls, rate: str | None) -> str | None:
        if rate is not None and rate != OFF and not _is_one_rate(rate):
            message = "write a number per second, minute, hour or day: 600/minute; or off"
            raise ValueError(message)
        return rate

    @model_validator(mode="after")
    def _one_body_fits(self) -> Self:
        if self.max_body_bytes > self.in_flight_bytes:
            message = "IN_FLIGHT_BYTES must be at least MAX_BODY_BYTES, or no body would fit"
            raise ValueError(message)
        return self

    @property
    def origins(self) -> list[str]:
        """The origins one by one."""
        return [origin.strip() for origin in self.cors_origins.split(",") if origin.strip()]


def _is_one_rate(text: str) -> bool:
    try:
        (rate,) = limits.parse_many(text)
    except ValueError:
        return False
    return rate.amount > 0
