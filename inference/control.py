"""What processes say of themselves, and what they can be told to do: two documents on two topics.

Reports are compacted by process, so that the latest of each is kept; an orderly end takes it away.
There is no command to forget an id: a worker keeps answers by content and has nothing by id.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid4

from pydantic import AwareDatetime, Field

from inference.breaker import State
from inference.cache.state import CacheState
from inference.contract import Document, Level, ModelRef

# A command is obeyed at once or never: who comes late does not know what has happened since.
YOUNG = timedelta(minutes=1)
# After so many reports left out, and no earlier than this, a process counts as gone.
MISSED, PATIENCE = 3, timedelta(seconds=10)


class Program(StrEnum):
    """What a process was started as."""

    WORK = "work"
    SERVE = "serve"


class Action(StrEnum):
    """What a process can be told to do."""

    RELOAD = "reload"
    CLEAR_CACHE = "clear-cache"
    PAUSE = "pause"
    RESUME = "resume"


READING = frozenset({Action.PAUSE, Action.RESUME})


class Command(Document):
    """The value of a record on the control topic; each process obeys an id once."""

    id: UUID
    time: AwareDatetime = Field(description="When it was given; after a minute nobody obeys it.")
    action: Action
    lane: str | None = Field(None, description="Only this lane; without it, every one.")
    force: bool = Field(
        default=False, description="With reload: even if the new version agrees too little."
    )

    @classmethod
    def given(cls, action: Action, lane: str | None = None, *, force: bool = False) -> Self:
        """A new one, given now."""
        return cls(id=uuid4(), time=datetime.now(UTC), action=action, lane=lane, force=force)

    def concerns(self, program: Program, lane: str) -> bool:
        """Whether such a process has anything to do: only who reads a topic can be paused."""
        reads = program is Program.WORK or self.action not in READING
        return reads and self.lane in (None, lane)

    def objection(self, started: datetime, now: datetime) -> str | None:
        """Why a process that began at `started` does not obey it at `now`, unless it does."""
        if self.time < started:
            return "it was given before this process began"
        if now - self.time > YOUNG:
            return f"it is older than {YOUNG.seconds} s by this machine's clock"
        return None


class Progress(StrEnum):
    """How far a process is with a command."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    PASSED_OVER = "passed-over"


class Obeyed(Document):
    """What became of a command in one process."""

    id: UUID
    action: Action
    progress: Progress
    said: str = Field("", description="What was done, or why it was not.")
    time: AwareDatetime


class RungState(Document):
    """One rung of a ladder."""

    level: Level
    model: ModelRef | None = None
    breaker: State
    trouble: str | None = Field(None, description="What its last batch failed with.")


class Lag(Document):
    """What waits in the partitions that a worker reads."""

    records: int
    seconds: float = Field(description="Age of the oldest record in flight.")


class Status(Document):
    """The value of a record on the status topic: one lane in one process."""

    process: str = Field(description="The record's key: the lane, the host and the process id.")
    program: Program
    host: str
    pid: int
    started: AwareDatetime
    time: AwareDatetime
    every: float = Field(description="Seconds between two reports.")
    lane: str
    version: int = Field(description="The contract's version.")
    versions: Mapping[str, str] = Field(description="What the process is made of.")
    rungs: tuple[RungState, ...] = Field(description="Best first.")
    cache: CacheState
    lag: Lag | None = Field(None, description="Unknown to who reads no topic.")
    in_flight: int = Field(description="Batches that are not through yet.")
    trouble: Mapping[str, str] = Field(description="Why it is not ready; empty when it is.")
    hearing: bool = Field(description="False while it does not hear commands.")
    commands: tuple[Obeyed, ...] = Field((), description="The latest ones, latest last.")

    def stale(self, now: datetime) -> bool:
        """Whether it has been silent for so long that its process must be gone."""
        return now - self.time > max(MISSED * timedelta(seconds=self.every), PATIENCE)
