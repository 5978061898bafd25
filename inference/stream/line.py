"""A producer, and what it owes: one of aiokafka that has ended leaves late batches unanswered."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any, Protocol

import structlog
from aiokafka.errors import KafkaError, ProducerClosed

log = structlog.get_logger(__name__)


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

    async def answers(self, handed: Sequence[asyncio.Future[object]]) -> list[BaseException | None]:
        """What went wrong with each, once the broker has answered, or never will."""
        answered = asyncio.gather(*handed, return_exceptions=True)
        either: list[asyncio.Future[Any]] = [answered, self._ended]
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        errors = [_error(future) for future in handed]
        answered.cancel()
        return errors

    async def end(self) -> None:
        """Lets it send what it has; a batch that came too late for that is never sent."""
        try:
            await self.producer.stop()
        except (KafkaError, OSError) as error:
            log.info("a retired producer ended badly", error=type(error).__name__)
        if not self._ended.done():
            self._ended.set_result(None)


def _error(answer: asyncio.Future[object]) -> BaseException | None:
    answered = answer.done() and not answer.cancelled()
    error: BaseException | None = answer.exception() if answered else ProducerClosed()
    return error
