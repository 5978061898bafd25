"""A publisher to which something is wrong, for what its callers make of that."""

from collections.abc import Mapping

from producer.event import Event, Written
from producer.failures import Unpublished
from producer.memory import MemoryPublisher


class SayingNo:
    """Takes the first events, then fails every one in the same way."""

    def __init__(self, failure: Unpublished, after: int = 0) -> None:
        self.failure, self.after = failure, after
        self.kept = MemoryPublisher()
        self.asked = 0

    async def publish(self, event: Event) -> Written:
        self.asked += 1
        if self.asked > self.after:
            raise self.failure
        return await self.kept.publish(event)

    def checks(self) -> Mapping[str, str | None]:
        return {"broker": str(self.failure)}
