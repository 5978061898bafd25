"""Fair and greedy: whoever has caught up is asked every time, those with a backlog take turns.

A batch out of one partition's backlog leaves in one produce batch, and while it is worked on the
client refills that partition: were all of them emptied evenly, all would run dry at once.
"""

import asyncio
from collections.abc import Callable, Collection

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import IllegalStateError

from inference.lane import BatchPolicy, Caps
from inference.stream.batch import Records
from inference.stream.flight import Flight
from inference.stream.unreadable import one_by_one

WAIT_MS = 200
# Until there is something to read from: an assignment, or the end of a trial.
PAUSE = 0.05


class Fetching:
    """Takes what the client has prefetched; waits only when there is nothing."""

    def __init__(
        self,
        consumer: AIOKafkaConsumer,
        policy: BatchPolicy,
        caps: Callable[[], Caps | None] = lambda: None,
    ) -> None:
        self._consumer, self._policy, self._caps = consumer, policy, caps
        self._turn = 0
        # Who gave all that was asked of them, the next one to have a turn first.
        self._flooded: dict[TopicPartition, None] = {}

    async def fetch(self, flight: Flight) -> dict[TopicPartition, Records]:
        """Everything ready, at most a batch; nothing after a moment without records."""
        readable = sorted(flight.readable())
        if not readable:
            await asyncio.sleep(PAUSE)
            return {}
        try:
            return await self._fetch(readable)
        except UnicodeDecodeError:
            return await self._around_the_unreadable(flight, readable)

    @property
    def _cap(self) -> int:
        """Most records of a batch: larger ones are faster, and nobody waits longer in a backlog."""
        caps = self._caps()
        if caps is None:
            return self._policy.cap
        return caps.backlog if self._flooded else caps.steady

    async def _around_the_unreadable(
        self, flight: Flight, readable: list[TopicPartition]
    ) -> dict[TopicPartition, Records]:
        """Goes back, since the client has already passed over what it took before it raised."""
        try:
            for tp in readable:
                self._consumer.seek(tp, flight.assignment.parts[tp].next)
            return await one_by_one(self._consumer, readable, self._cap)
        except (IllegalStateError, KeyError):
            return {}  # taken away meanwhile: the next owner finds it out

    async def _fetch(self, readable: list[TopicPartition]) -> dict[TopicPartition, Records]:
        got: dict[TopicPartition, Records] = {}
        await self._turns(readable, got)
        if not got:
            got = await self._consumer.getmany(*readable, timeout_ms=WAIT_MS, max_records=self._cap)
        if got and self._policy.linger and _count(got) < self._cap:
            await asyncio.sleep(self._policy.linger)
            await self._turns(readable, got)
        return got

    async def _turns(
        self, readable: list[TopicPartition], got: dict[TopicPartition, Records]
    ) -> None:
        """First a share for all who had caught up, in rotation; then who is flooded, in turn."""
        self._flooded = {tp: None for tp in self._flooded if tp in readable}
        share = max(1, self._cap // len(readable))
        self._turn = (self._turn + 1) % len(readable)
        rotated = readable[self._turn :] + readable[: self._turn]
        await self._ask([tp for tp in rotated if tp not in self._flooded], share, got)
        await self._ask(list(self._flooded), self._cap, got)

    async def _ask(
        self,
        partitions: Collection[TopicPartition],
        most: int,
        got: dict[TopicPartition, Records],
    ) -> None:
        room = self._cap - _count(got)
        for tp in partitions:
            if room <= 0:
                return
            asked = min(most, room)
            found = await self._consumer.getmany(tp, timeout_ms=0, max_records=asked)
            records = found.get(tp, ())
            room -= len(records)
            self._flooded.pop(tp, None)
            if len(records) == asked:
                self._flooded[tp] = None
            if records:
                got[tp] = [*got.get(tp, ()), *records]


def _count(got: dict[TopicPartition, Records]) -> int:
    return sum(map(len, got.values()))
