"""Topics in memory: a publisher for dry runs and tests, held to the same suite as the real one."""

import itertools
from collections import defaultdict
from collections.abc import Mapping
from zlib import crc32

from producer.event import Event, Written
from producer.failures import TooLarge

PARTITIONS = 4


class MemoryPublisher:
    """Keeps every event; a topic takes values of at most so many bytes."""

    def __init__(self, most_bytes: int = 5 * 1024 * 1024) -> None:
        self._most_bytes = most_bytes
        self._turns = itertools.count()
        self.topics: dict[str, list[list[Event]]] = defaultdict(
            lambda: [[] for _ in range(PARTITIONS)]
        )

    async def publish(self, event: Event) -> Written:
        """Where the event is kept."""
        size = len(event.content.data)
        if size > self._most_bytes:
            raise TooLarge(event.topic, size)
        turn = next(self._turns) if event.key is None else crc32(event.key)
        partition = turn % PARTITIONS
        kept = self.topics[event.topic][partition]
        kept.append(event)
        return Written(event.id, event.source, event.lane, event.topic, partition, len(kept) - 1)

    def checks(self) -> Mapping[str, str | None]:
        """Memory is always there."""
        return {"broker": None}
