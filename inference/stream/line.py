"""A producer, and what it owes: one of aiokafka that has ended leaves late batches unanswered."""

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any, Protocol, TypeVar

import structlog
from aiokafka.errors import KafkaError, ProducerClosed

log = structlog.get_logger(__name__)

Gain = TypeVar("Gain")


class Producer(Protocol):
    """What is used of `AIOKafkaProducer`."""

    async def partitions_for(self, topic: str) -> set[int]:
        """The topic's partitions."""
        ...

    def create_batch(self) -> Any:  # noqa: ANN401 - aiokafka has no types
        """An empty produce batch."""
        ...

    async def send_batch(
        self,
        batch: Any,  # noqa: ANN401 - aiokafka has no types
        topic: str,
        *,
        partition: int,
    ) -> Awaitable[object]:
        """Hands a batch over; what it gives is done when the broker has acknowledged."""
        ...

    async def stop(self) -> None:
        """Flushes and ends."""
        ...


class Line:
    """A producer, until it has ended; whoever waits for its answers then waits no longer."""

    def __init__(self, producer: Producer) -> None:
        self.producer = producer
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def tried(self, *works: Coroutine[Any, Any, Gain]) -> list[Gain | KafkaError]:
        """What each gave, or its KafkaError; ProducerClosed for what an ended producer left."""
        tasks = [asyncio.ensure_future(work) for work in works]
        done = asyncio.gather(*tasks, return_exceptions=True)
        either: list[asyncio.Future[Any]] = [done, self._ended]
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        return [_outcome(task) for task in tasks]

    async def end(self) -> None:
        """Lets it send what it has; a batch that came too late for that is never sent."""
        try:
            await self.producer.stop()
        except (KafkaError, OSError) as error:
            log.info("a retired producer ended badly", error=type(error).__name__)
        if not self._ended.done():
            self._ended.set_result(None)


def _outcome(task: asyncio.Future[Gain]) -> Gain | KafkaError:
    if not task.done() or task.cancelled():
        task.cancel()
        return ProducerClosed()
    error = task.exception()
    return error if isinstance(error, KafkaError) else task.result()
