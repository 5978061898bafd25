"""Puts records back on their topics; each is acknowledged by the broker, or it is said why not."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from consumer.connection import REQUEST_MS
from consumer.replay import Original
from consumer.waiting import let_go
from inference.errors import Unavailable
from inference.kafka import KafkaSettings

LIMIT = 30.0
# Whether a record is too large, its topic says; we have no limit of our own.
MOST_BYTES = 2**30

log = structlog.get_logger(__name__)

Partitions = dict[str, frozenset[int]]


class Republisher:
    """An idempotent producer, replaced after every failure."""

    def __init__(self, kafka: KafkaSettings) -> None:
        self._kafka = kafka
        self._producer: AIOKafkaProducer | None = None

    async def publish(self, originals: Sequence[Original], there: Partitions) -> list[str | None]:
        """For each: None once the broker has it, or why it does not take it."""
        faults = await self._together(originals, there)
        for index, fault in enumerate(faults):
            if fault is not None:
                # A refused batch takes its neighbours along, and the producer is of no more use.
                await self.close()
                (faults[index],) = await self._together([originals[index]], there)
        return faults

    async def close(self) -> None:
        """Let go of the producer."""
        if self._producer is not None:
            producer, self._producer = self._producer, None
            await let_go(producer)

    async def _together(self, originals: Sequence[Original], there: Partitions) -> list[str | None]:
        try:
            async with asyncio.timeout(LIMIT):
                producer = await self._open()
                sent = [await _send(producer, original, there) for original in originals]
                answers = await asyncio.gather(*sent, return_exceptions=True)
        except (KafkaError, TimeoutError, OSError) as error:
            message = f"Kafka does not take records now ({type(error).__name__})"
            raise Unavailable(message) from error
        return [type(a).__name__ if isinstance(a, BaseException) else None for a in answers]

    async def _open(self) -> AIOKafkaProducer:
        if self._producer is None:
            self._producer = AIOKafkaProducer(
                **self._kafka.client_options(),
                acks="all",
                enable_idempotence=True,
                max_request_size=MOST_BYTES,
                request_timeout_ms=REQUEST_MS,
            )
            await self._producer.start()
        return self._producer


@asynccontextmanager
async def republishing(kafka: KafkaSettings) -> AsyncIterator[Republisher]:
    """A republisher, closed at the end of the block."""
    republisher = Republisher(kafka)
    try:
        yield republisher
    finally:
        await republisher.close()


async def _send(
    producer: AIOKafkaProducer, original: Original, there: Partitions
) -> asyncio.Future[object]:
    """By key; a record without one goes where it was, if that partition still exists."""
    keep = original.key is None and original.partition in there.get(original.topic, frozenset())
    sent: asyncio.Future[object] = await producer.send(
        original.topic,
        original.value,
        key=original.key,
        partition=original.partition if keep else None,
        headers=list(original.headers),
    )
    return sent
