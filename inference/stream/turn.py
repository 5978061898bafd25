"""Order: a batch publishes after the earlier batches of its partitions, whoever computes first.

Dependencies point backwards only and batches are handed out in order, so nobody waits in a circle.
"""

import asyncio
from collections.abc import Collection

from aiokafka import TopicPartition


class Turns:
    """The queue of publications, per partition; one generation per assignment."""

    def __init__(self) -> None:
        self.generation = 0
        self._last: dict[TopicPartition, asyncio.Future[bool]] = {}
        self._open: set[asyncio.Future[bool]] = set()

    def take(self, partitions: Collection[TopicPartition]) -> "Turn":
        """A place behind everything that was taken before for these partitions."""
        mine = asyncio.get_running_loop().create_future()
        before = [self._last[tp] for tp in partitions if tp in self._last]
        self._last.update(dict.fromkeys(partitions, mine))
        self._open.add(mine)
        return Turn(self, before, mine)

    def revoke(self) -> None:
        """A new generation: everybody who waits wakes up and finds itself stale."""
        self.generation += 1
        self._last.clear()
        for future in self._open:
            if not future.done():
                future.set_result(False)
        self._open.clear()

    def over(self, mine: asyncio.Future[bool], *, published: bool) -> None:
        """One is through, and the next may publish; or it is given up, and so is the next."""
        self._open.discard(mine)
        if not mine.done():
            mine.set_result(published)


class Turn:
    """One batch's place in the queue."""

    def __init__(
        self, turns: Turns, before: list[asyncio.Future[bool]], mine: asyncio.Future[bool]
    ) -> None:
        self._turns, self._before, self._mine = turns, before, mine
        self._generation = turns.generation

    @property
    def stale(self) -> bool:
        """Its partitions may belong to somebody else by now: publish and commit nothing."""
        return self._generation != self._turns.generation

    @property
    def here(self) -> bool:
        """Whether nobody has to be waited for."""
        return not self.stale and all(one.done() and one.result() for one in self._before)

    async def come(self) -> bool:
        """Waits for the earlier batches; False when this one may not be published any more."""
        through = [await asyncio.shield(future) for future in self._before]
        self._before = []
        return all(through) and not self.stale

    def passed(self) -> None:
        """To be called once the broker has acknowledged everything, and never before."""
        if not self.stale:
            self._turns.over(self._mine, published=True)

    def given_up(self) -> None:
        """It will not be published in this generation, nor may anything behind it."""
        if not self.stale:
            self._turns.over(self._mine, published=False)
