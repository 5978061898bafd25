"""Fair and greedy: every partition gets its share of a batch, and what is left over fills it up."""

import asyncio

from aiokafka import AIOKafkaConsumer, TopicPartition

from inference.lane import BatchPolicy
from inference.stream.batch import Records
from inference.stream.flight import Flight

WAIT_MS = 200


class Fetching:
    """Takes what the client has prefetched; waits only when there is nothing."""

    def __init__(self, consumer: AIOKafkaConsumer, policy: BatchPolicy) -> None:
        self._consumer, self._policy = consumer, policy
        self._turn = 0

    async def fetch(self, flight: Flight) -> dict[TopicPartition, Records]:
        """Everything ready, at most a batch; nothing after a moment without records."""
        readable = sorted(flight.readable())
        if not readable and flight.count:
            await flight.landing()
            return {}
        got: dict[TopicPartition, Records] = {}
        if readable:
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
