"""What can be set for feeds and searches; built once in `__main__`, passed from there."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

MIB = 1024 * 1024


class SourceSettings(BaseSettings):
    """How feeds and searches are asked, and what is remembered of them."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    poll_interval: float = Field(
        300.0, gt=0, description="Seconds between two looks at a feed, give or take a tenth."
    )
    seen_file: Path = Field(
        Path(".local/seen.db"),
        description="File in which it stands which entries were sent, an SQLite database.",
    )
    seen_per_feed: int = Field(
        10_000,
        ge=2_000,
        description="Entries remembered of each feed; those that left it longest ago are "
        "forgotten first.",
    )
    fetch_timeout: float = Field(
        20.0, gt=0, description="Seconds that a fetch may take in all, redirects included."
    )
    fetch_max_bytes: int = Field(
        8 * MIB, ge=1, description="Most bytes of a fetched document, packed and unpacked."
    )
    fetch_redirects: int = Field(5, ge=0, description="Redirects that a fetch follows.")
    fetch_concurrency: int = Field(8, ge=1, description="Fetches at the same time.")
    fetch_hosts: str = Field(
        "",
        description="Hosts that may be fetched from, with their subdomains, separated by commas; "
        "by default every host with a public address.",
    )
    fetch_private: bool = Field(
        default=False,
        description="Whether private and loopback addresses may be fetched from too, for feeds "
        "inside the house; link-local ones never are.",
    )
    fetch_user_agent: str = Field(
        "Penstock",
        pattern=r"^[\x20-\x7e]+$",
        description="Who a fetch says it is; publishers like to find an address in it.",
    )
    newsapi_key: SecretStr | None = Field(None, description="The key for NewsAPI.org.")
    newsapi_url: str = Field(
        "https://newsapi.org/v2", description="Where NewsAPI.org, or what speaks like it, is."
    )
    newsapi_interval: float = Field(
        900.0, gt=0, description="Seconds between two looks at a search; a day has 96 such."
    )
    watch_host: str = Field("127.0.0.1", description="Address for watch's metrics and health.")
    watch_port: int = Field(
        9099, ge=0, le=65535, description="Port of watch's metrics and health; 0 takes any."
    )
