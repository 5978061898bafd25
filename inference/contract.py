"""What crosses the wire, and what a lane promises about it. Nothing here knows Kafka or a model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Q = TypeVar("Q")
A = TypeVar("A", bound="Document")

# A header may have no value, as a record may; names may come twice.
Headers = Sequence[tuple[str, bytes | None]]


# The header of an arrival that stands for a record whose bytes our client cannot take apart.
UNREADABLE = "dlq.unreadable"


class Arrival(NamedTuple):
    """A record as it came, byte for byte."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers


class Reason(StrEnum):
    """Why an item has no answer; a closed set, used as a metric label."""

    MALFORMED = "malformed"
    REFUSED = "refused"
    EXHAUSTED = "exhausted"
    DECLINED = "declined"
    POISON = "poison"
    DEFECT = "defect"


class Rejection(NamedTuple):
    """One item's failure. The detail never quotes the item."""

    reason: Reason
    stage: str
    detail: str
    attempts: int = 1


class Content(NamedTuple):
    """What a sender put into a record: the bytes and what they are said to be."""

    data: bytes
    type: str | None


class Destination(StrEnum):
    """Where a departure goes; which topic that is, settings say."""

    RESULTS = "results"
    DEAD_LETTERS = "dead-letters"


class Departure(NamedTuple):
    """A record to publish in place of an arrival: its result, or its dead letter."""

    arrival: Arrival
    destination: Destination
    value: bytes | None
    headers: Headers
    reason: Reason | None = None

    @property
    def key(self) -> bytes | None:
        """The input's key, kept."""
        return self.arrival.key


class Level(StrEnum):
    """How good a rung is, best first; part of every result."""

    FULL = "full"
    LIGHT = "light"
    BASIC = "basic"


class Tier(StrEnum):
    """Where an answer lay that was given before; a closed set, used as a metric label."""

    MEMORY = "memory"
    DISK = "disk"
    REDIS = "redis"
    SHARED = "shared"


class Document(BaseModel):
    """What goes over the wire as JSON: unknown fields are ignored, values stay out of errors."""

    # NaN and infinity are no JSON; whoever wants to answer with them has made a mistake.
    model_config = ConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, allow_inf_nan=False
    )


class ModelRef(Document):
    """Which model gave an answer."""

    name: str
    version: str
    digest: str = Field(description="SHA-256 of the model's file, in hexadecimal.")


class RequestRef(Document):
    """Which question a result answers."""

    id: str
    source: str
    topic: str
    partition: int
    offset: int
    time: datetime


class Result(Document, Generic[A]):
    """The value of a record on the results topic; `answer` is the lane's own document."""

    id: str = Field(description="Deterministic: the same question gives the same id.")
    lane: str
    version: int = Field(description="The contract's version.")
    request: RequestRef
    answered_by: Level = Field(description="The rung that answered.")
    degraded: bool = Field(description="True when a rung below the best one answered.")
    from_cache: bool = Field(default=False, description="True when the answer was there already.")
    cache_tier: Tier | None = Field(
        None,
        description="Where it lay; `shared` when an equal question was being answered right then.",
    )
    model: ModelRef | None = None
    stages: dict[str, float] = Field(
        description="Seconds in each stage, `waiting` (in Kafka) and those of the batch it was in."
    )
    answer: A


@dataclass(frozen=True)
class Contract(Generic[Q, A]):
    """A lane's published language: what it takes, what it gives, and how a value is understood."""

    lane: str
    answer: type[A]
    read: Callable[[Content], "Q | Rejection"] = field(repr=False)
    content_types: tuple[str, ...]
    max_bytes: int
    version: int = 1
    sensitive: bool = False

    @property
    def request_type(self) -> str:
        """The CloudEvents type of a question."""
        return f"penstock.{self.lane}.requested.v{self.version}"

    @property
    def result_type(self) -> str:
        """The CloudEvents type of an answer."""
        return f"penstock.{self.lane}.answered.v{self.version}"

    @property
    def source(self) -> str:
        """The CloudEvents source of an answer."""
        return f"/penstock/{self.lane}"
