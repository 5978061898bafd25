"""Why an event is not on Kafka. Each says in one sentence what happened and what to do.

PenstockError
 +-- Unpublished
      +-- Unfit           the lane would not take it: not sent
      +-- Refused         the broker will never take it: not written
      |    +-- TooLarge   its topic takes no record of that size
      +-- Unsent          the broker could not be reached in time: not written
      +-- Unacknowledged  it was sent and nobody said that it arrived: it may be written
"""

from typing import Any

from inference.contract import Contract, Rejection
from inference.errors import PenstockError


class Unpublished(PenstockError):
    """The message is a sentence for the sender."""


class Unfit(Unpublished):
    """The lane's own words on why it would not take the content."""

    def __init__(self, contract: Contract[Any, Any], rejection: Rejection) -> None:
        super().__init__(f"{rejection.reason}: {rejection.detail}")
        self.contract, self.rejection = contract, rejection


class Refused(Unpublished):
    """Sending it again gives the same refusal until somebody changes the broker or the rights."""


class TooLarge(Refused):
    """A topic that takes less than its lane: somebody has to raise its `max.message.bytes`."""

    def __init__(self, topic: str, size: int) -> None:
        super().__init__(f"the topic {topic} takes no {size} bytes; raise its max.message.bytes")


class Unsent(Unpublished):
    """Nothing has left this process; send it again when the broker is back."""


class Unacknowledged(Unpublished):
    """Sending it again with the same id and source is safe: it is the same question."""
