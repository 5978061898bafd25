"""What a place outside the process can do, where bytes may lie under a key."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol


class Entry(NamedTuple):
    """What is to be kept, and for how many seconds."""

    key: str
    value: bytes
    ttl: float


class Limits(NamedTuple):
    """Seconds that a call may take, and for how long one that keeps failing is left alone."""

    read: float
    write: float
    pause: float


class Totals(NamedTuple):
    """How many answers there are, and what they weigh."""

    entries: int
    bytes: int


class Held(NamedTuple):
    """Memory of a whole server, whoever's data lies there; `most_bytes` where that is bounded."""

    bytes: int
    most_bytes: int | None


class Store(Protocol):
    """A place that may be slow, full, damaged or away: whoever calls it is ready for its faults."""

    @property
    def totals(self) -> Totals | None:
        """How full it is, where that is known without asking around."""
        ...

    @property
    def place(self) -> str:
        """Where it is, for logs: never with a secret."""
        ...

    @property
    def setting(self) -> str:
        """The setting to look at when it fails."""
        ...

    @property
    def faults(self) -> tuple[type[Exception], ...]:
        """What it raises when it fails."""
        ...

    @property
    def most_bytes(self) -> int | None:
        """What they may weigh, if that is ours to bound."""
        ...

    async def read(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        """Those that are there and not too old, in one call."""
        ...

    async def write(self, entries: Sequence[Entry]) -> None:
        """Keep them, in one call."""
        ...

    async def held(self) -> Held | None:
        """What the server that it lies in holds altogether; none where there is no server."""
        ...

    async def clear(self) -> None:
        """Forget everything."""
        ...

    async def close(self) -> None:
        """Let go of it."""
        ...
