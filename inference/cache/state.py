"""What a cache says about itself, over HTTP and in logs."""

from collections.abc import Mapping

from pydantic import Field

from inference.contract import Document, Tier


class TierState(Document):
    """One tier."""

    hits: int = 0
    misses: int = 0
    entries: int | None = Field(None, description="Answers in it; unknown for Redis.")
    max_entries: int | None = None
    bytes: int | None = Field(None, description="What they weigh; unknown for Redis.")
    max_bytes: int | None = None
    server_bytes: int | None = Field(
        None,
        description="What the server that it lies in holds altogether, other lanes' answers and "
        "other programs' data included; unknown while it cannot be asked.",
    )
    server_max_bytes: int | None = Field(
        None, description="What that server may hold, where it is bounded."
    )
    dropped_writes: int = Field(0, description="Answers that could not be written, or not in time.")
    available: bool = Field(default=True, description="False while it fails and is left alone.")


class CacheState(Document):
    """All tiers of a lane's cache, nearest first."""

    enabled: bool
    lane: str
    ttl: float = Field(description="Seconds for which an answer is kept.")
    hits: int = Field(0, description="Questions answered from any tier, or with an equal one.")
    misses: int = Field(0, description="Questions that had to be computed.")
    hit_rate_percent: float = 0.0
    tiers: Mapping[Tier, TierState] = {}
