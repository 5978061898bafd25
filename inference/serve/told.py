"""What is told of the models over HTTP; the names are those that existing callers read."""

import re
from typing import Any

from pydantic import BaseModel, Field

from inference.contract import ModelRef
from inference.swap import Comparison

_FOLDERS = re.compile(r"(?<![\w./])/(?:[^/\s:;,'\"]+/)+")

WORKERS_TOLD: Any = Field(
    None, description="Whether the command was published for all workers; null without a broker."
)


class CacheInfo(BaseModel):
    """The memory tier, in the words of `functools.lru_cache`."""

    hits: int
    misses: int
    maxsize: int
    currsize: int


class ModelInUse(BaseModel):
    """One rung's model."""

    lane: str
    rung: str
    model: ModelRef | None
    breaker: str = Field(examples=["closed"])
    memory_bytes: int | None = Field(
        description="What this process holds because of it: 0 while it is closed; "
        "null where its lane does not say."
    )


class Percentiles(BaseModel):
    """Milliseconds below which these shares of the latest computed answers lie."""

    p50: float
    p95: float
    p99: float


class Figures(BaseModel):
    """What was answered over HTTP since the start; times of answers that were computed."""

    total_predictions: int
    cache_enabled: bool
    cache_size: int
    cache_hits: int
    cache_misses: int
    cache_hit_rate_percent: float
    avg_inference_time_ms: float
    total_inference_time_ms: float
    warmup_completed: bool
    percentiles_ms: dict[str, Percentiles] = Field(description="By lane.")
    memory_bytes: int = Field(description="What this process has in memory.")


class Stats(BaseModel):
    """All of it."""

    success: bool = True
    statistics: Figures
    cache_info: CacheInfo
    models: list[ModelInUse]
    comparisons: dict[str, Comparison] = Field(
        description="By lane: what came of the last new version of its models."
    )


class Cache(BaseModel):
    """What is kept."""

    success: bool = True
    cache_info: CacheInfo
    statistics: dict[str, object] = Field(description="By lane: its tiers, nearest first.")


class Done(BaseModel):
    """It is done."""

    success: bool = True
    message: str
    workers_told: bool | None = WORKERS_TOLD


class Reloaded(BaseModel):
    """By lane: whether the new version took over, and why not."""

    success: bool
    comparisons: dict[str, Comparison]
    workers_told: bool | None = WORKERS_TOLD


def told_outside(comparison: Comparison) -> Comparison:
    """With the names of files, since they say what is wrong; where they lie stands in the log."""
    reason = comparison.reason
    without = None if reason is None else _FOLDERS.sub("", reason)
    return comparison.model_copy(update={"reason": without})
