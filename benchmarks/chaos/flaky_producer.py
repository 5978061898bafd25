"""A Kafka producer that now and then fails as real ones do: before or after the broker has it."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiokafka.errors import KafkaTimeoutError, NotLeaderForPartitionError, RequestTimedOutError

from inference.stream.line import Producer

log = structlog.get_logger(__name__)

Opening = Callable[[], Awaitable[Producer]]


class FlakyProducer:
    """Hands on to a real producer; a share of the sends is reported as failed."""

    def __init__(self, producer: Producer, chances: random.Random, share: float) -> None:
        self._producer, self._chances, self._share = producer, chances, share

    async def partitions_for(self, topic: str) -> set[int]:
        """The topic's partitions."""
        return await self._producer.partitions_for(topic)

    def create_batch(self) -> Any:  # noqa: ANN401 - aiokafka has no types
        """An empty produce batch."""
        return self._producer.create_batch()

    async def send_batch(
        self,
        batch: Any,  # noqa: ANN401 - aiokafka has no types
        topic: str,
        *,
        partition: int,
    ) -> Awaitable[object]:
        """Sends it, and mostly says the truth about it."""
        if self._chances.random() >= self._share:
            return await self._producer.send_batch(batch, topic, partition=partition)
        fault = self._chances.choice(("refused", "never sent", "under way", "written"))
        log.info("injected", at="send", fault=fault, topic=topic, partition=partition)
        if fault == "refused":
            raise KafkaTimeoutError
        if fault == "never sent":
            return _failed(NotLeaderForPartitionError())
        sent = asyncio.ensure_future(
            await self._producer.send_batch(batch, topic, partition=partition)
        )
        sent.add_done_callback(_heard)
        if fault == "under way":
            return _failed(RequestTimedOutError())
        return _after(sent, RequestTimedOutError())

    async def stop(self) -> None:
        """Flushes and ends."""
        await self._producer.stop()


def flaky(opening: Opening, chances: random.Random, share: float) -> Opening:
    """Opens producers of which each is flaky."""

    async def open_producer() -> Producer:
        return FlakyProducer(await opening(), chances, share)

    return open_producer


def _failed(error: Exception) -> Awaitable[object]:
    future: asyncio.Future[object] = asyncio.get_running_loop().create_future()
    future.set_exception(error)
    return future


async def _after(sent: Awaitable[object], error: Exception) -> object:
    await sent
    raise error


def _heard(sent: "asyncio.Future[object]") -> None:
    """Nobody else may ask what became of it."""
    if not sent.cancelled():
        sent.exception()
