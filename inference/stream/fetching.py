"""Fair and greedy: every partition gets its share of a batch, and what is left over fills it up."""

import asyncio

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import IllegalStateError

from inference.lane import BatchPolicy
from inference.stream.batch import Records
from inference.stream.flight import Flight
from inference.stream.unreadable import one_by_one

WAIT_MS = 200
# Until there is something to read from: an assignment, or the end of a trial.
PAUSE = 0.05


class Fetching:
    """Takes what the client has prefetched; waits only when there is nothing."""

    def __init__(self, consumer: AIOKafkaConsumer, policy: BatchPolicy) -> None:
        self._consumer, self._policy = consumer, policy
        self._turn = 0

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

    async def _around_the_unreadable(
        self, flight: Flight, readable: list[TopicPartition]
    ) -> dict[TopicPartition, Records]:
        """Goes back, since the client has already passed over what it took before it raised."""
        try:
            for tp in readable:
                self._consumer.seek(tp, flight.assignment.parts[tp].next)
            return await one_by_one(self._consumer, readable, self._policy.cap)
        except (IllegalStateError, KeyError):
            return {}  # taken away meanwhile: the next owner finds it out

    async def _fetch(self, readable: list[TopicPartition]) -> dict[TopicPartition, Records]:
        got: dict[TopicPartition, Records] = {}
        await self._shares(readable, got)
        if not got:
            got = await self._consumer.getmany(
                *readable, timeout_ms=WAIT_MS, max_records=self._policy.cap
            )
        await self._fill(readable, got)
        return got

    async def _shares(
        self, readable: list[TopicPartition], got: dict[TopicPartition, Records]
    ) -> None:
        """A flooded partition must not keep a quiet one waiting, so each is asked, in rotation."""
        share = max(1, self._policy.cap // len(readable))
        self._turn = (self._turn + 1) % len(readable)
        room = self._policy.cap
        for tp in readable[self._turn :] + readable[: self._turn]:
            if room <= 0:
                return
            found = await self._consumer.getmany(tp, timeout_ms=0, max_records=min(share, room))
            got.update(found)
            room -= sum(map(len, found.values()))

    async def _fill(
        self, readable: list[TopicPartition], got: dict[TopicPartition, Records]
    ) -> None:
        room = self._policy.cap - sum(map(len, got.values()))
        if not got or room <= 0:
            return
        if self._policy.linger:
            await asyncio.sleep(self._policy.linger)
        more = await self._consumer.getmany(*readable, timeout_ms=0, max_records=room)
        for tp, records in more.items():
            got[tp] = [*got.get(tp, ()), *records]
