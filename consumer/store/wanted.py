"""What is asked again: answers that a rung below the best one gave, and which of them."""

from dataclasses import dataclass
from typing import NamedTuple


class Degraded(NamedTuple):
    """An answer below full, and where its question lies."""

    id: str
    request_id: str
    lane: str
    version: int
    answered_by: str
    request_topic: str
    request_partition: int
    request_offset: int
    replays: int

    @property
    def topic(self) -> str:
        """The topic that its question goes back on."""
        return self.request_topic

    @property
    def reason(self) -> str:
        """Why it is worth asking again: the rung that answered."""
        return self.answered_by


@dataclass(frozen=True)
class Wanted:
    """Which of them: of one lane, first answered from `since` on and before `until`.

    Those asked again before only if `again`; the oldest first, but the least often asked before.
    If `force`, the next answer replaces this one even if it is no better.
    """

    lane: str | None = None
    since: int | None = None
    until: int | None = None
    again: bool = True
    force: bool = False
    limit: int | None = None
