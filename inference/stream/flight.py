"""Everything between the reader and the acknowledgement: how much it is, and whose generation."""

import asyncio
import time
from collections.abc import Iterable

from aiokafka import TopicPartition

from inference.stream.assignment import Assignment
from inference.stream.batch import Batch, Cut, Ready
from inference.stream.turn import Turns


class Flight:
    """The batches in flight."""

    def __init__(self, assignment: Assignment, most_bytes: int) -> None:
        self.assignment, self.turns = assignment, Turns()
        self._most_bytes = most_bytes
        self._closing = False
        self._batches: set[Batch] = set()
        self._computing: dict[Batch, float] = {}
        self._landed = asyncio.Event()
        self.joined = False

    @property
    def bytes(self) -> int:
        """What all batches in flight hold."""
        return sum(batch.size for batch in self._batches)

    @property
    def count(self) -> int:
        """How many batches are in flight."""
        return len(self._batches)

    def begin(self, partitions: Iterable[TopicPartition]) -> None:
        """A new generation's partitions."""
        self.assignment.assigned(partitions)
        self._closing = False
        self.joined = True

    def end(self) -> None:
        """The generation is over: what is still in flight is neither published nor committed."""
        self.turns.revoke()
        self.assignment.assigned(())
        self._batches.clear()
        self._landed.set()

    def takes(self, generation: int) -> bool:
        """Records that were fetched in this generation may still be handed out."""
        return not self._closing and generation == self.turns.generation

    def take(self, cut: Cut, *, careful: bool) -> Batch:
        """Makes a batch of it and gives it its turn; hand it on before anything is awaited."""
        batch = Batch(cut.arrivals, cut.ends, self.turns.take(cut.ends), cut.size, careful)
        self.assignment.dispatched(cut.ends)
        self._batches.add(batch)
        return batch

    def starts(self, batch: Batch) -> bool:
        """It may be computed; from now on its age counts."""
        if self._closing or batch.turn.stale:
            return False
        if not batch.careful:  # the child process has a limit of its own
            self._computing[batch] = time.monotonic()
        return True

    def computed(self, batch: Batch) -> None:
        """Its age counts no longer: what follows is waiting for others."""
        self._computing.pop(batch, None)

    def advanced(self, batch: Batch, ready: Ready) -> None:
        """A part of it is through; the rest stays in flight."""
        batch.arrivals = ready.rest
        if not batch.turn.stale:
            self.assignment.published(ready.ends)

    def landed(self, batch: Batch, *, published: bool) -> None:
        """It is through, or dropped."""
        self._computing.pop(batch, None)
        if not published:
            batch.turn.given_up()
        elif not batch.turn.stale:
            self.assignment.published(batch.ends)
            batch.turn.passed()
        self._batches.discard(batch)
        self._landed.set()

    def oldest(self) -> float:
        """Age in seconds of the batch that has been computing for longest."""
        now = time.monotonic()
        return now - min(self._computing.values(), default=now)

    def oldest_timestamp(self) -> int | None:
        """When the oldest record in flight was written, in milliseconds."""
        return min((batch.arrivals[0].timestamp for batch in self._batches), default=None)

    def readable(self) -> set[TopicPartition]:
        """What to read from: suspected partitions only while no suspected batch is in flight."""
        if not any(batch.careful for batch in self._batches):
            return set(self.assignment.parts)
        return {tp for tp, part in self.assignment.parts.items() if not part.careful}

    async def room(self) -> None:
        """Returns once more bytes may be held."""
        while self.bytes >= self._most_bytes:
            await self.landing()

    async def landing(self) -> None:
        """Returns when the next batch is through, or the generation is over."""
        self._landed.clear()
        await self._landed.wait()

    async def drain(self, limit: float) -> bool:
        """Starts nothing any more and waits for what runs; False when that took too long."""
        self._closing = True
        try:
            async with asyncio.timeout(limit):
                while self._batches:
                    await self.landing()
        except TimeoutError:
            return False
        return True
