"""Takes records from a client; one that the client cannot take apart comes as a sign.

A header whose name is not UTF-8 makes aiokafka raise in the middle of a fetch, after it has passed
over other records. So we go back to where we were, and look at one record at a time.
"""

import asyncio
import time
from collections.abc import Mapping

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import IllegalStateError

from inference.contract import UNREADABLE, Arrival
from inference.errors import Unavailable

POLL_MS = 500
# A broker that gives nothing for so long, although there is more, is away.
PATIENCE = 30.0
STEP_MS = 200
STEPS = 500

Fetched = dict[TopicPartition, list[Arrival]]


class Patience:
    """Told of every fetch where there is more; raises Unavailable when too long nothing came."""

    def __init__(self) -> None:
        self._silent_since: float | None = None

    def hear(self, fetched: Fetched) -> None:
        """Only silence counts, and not the time that somebody takes over what was fetched."""
        if fetched:
            self._silent_since = None
            return
        self._silent_since = self._silent_since or time.monotonic()
        if time.monotonic() - self._silent_since > PATIENCE:
            message = "Kafka gives no more records; is the broker there?"
            raise Unavailable(message)


class Fetching:
    """Reads on from the starts, or from where the client's group has got to."""

    def __init__(
        self, client: AIOKafkaConsumer, starts: Mapping[TopicPartition, int] | None = None
    ) -> None:
        self._client = client
        self._next: dict[TopicPartition, int] = dict(starts or {})

    async def fetch(self, timeout_ms: int, most: int | None = None) -> Fetched:
        """Whatever is there within the time, by partition and in order."""
        try:
            got = await self._client.getmany(timeout_ms=timeout_ms, max_records=most)
            fetched = {tp: [_arrival(record) for record in batch] for tp, batch in got.items()}
        except UnicodeDecodeError:
            fetched = await self._around_the_unreadable()
        self._next |= {tp: batch[-1].offset + 1 for tp, batch in fetched.items()}
        return fetched

    async def _around_the_unreadable(self) -> Fetched:
        ours = list(self._client.assignment())
        try:
            for tp in ours:
                self._client.seek(tp, await self._start(tp))
            found = await asyncio.gather(*(self._one_by_one(tp) for tp in ours))
        except IllegalStateError:
            return {}  # taken away meanwhile: its next reader finds it out
        return {tp: batch for tp, batch in zip(ours, found, strict=True) if batch}

    async def _start(self, tp: TopicPartition) -> int:
        """Where we were: behind what we gave out last, or else where the group begins."""
        if tp in self._next:
            return self._next[tp]
        committed: int | None = await self._client.committed(tp)
        if committed is not None:
            return committed
        first: int = (await self._client.beginning_offsets([tp]))[tp]
        return first

    async def _one_by_one(self, tp: TopicPartition) -> list[Arrival]:
        arrivals: list[Arrival] = []
        for _ in range(STEPS):
            try:
                got = await self._client.getmany(tp, timeout_ms=STEP_MS, max_records=1)
            except UnicodeDecodeError:
                # Nothing before it is left to be read, so it is the one at the position.
                offset = await self._client.position(tp)
                self._client.seek(tp, offset + 1)
                arrivals.append(_sign(tp, offset))
                continue
            if tp not in got:
                break
            arrivals += [_arrival(record) for record in got[tp]]
        return arrivals


def _arrival(record: ConsumerRecord[bytes, bytes]) -> Arrival:
    return Arrival(
        record.topic,
        record.partition,
        record.offset,
        record.timestamp,
        record.key,
        record.value,
        record.headers,
    )


def _sign(tp: TopicPartition, offset: int) -> Arrival:
    return Arrival(tp.topic, tp.partition, offset, 0, None, None, [(UNREADABLE, b"")])
