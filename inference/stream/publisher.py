"""Publishes departures until the broker has acknowledged every one, in order per partition.

A produce batch that the broker refuses for good has used up its sequence numbers, and everything
later to that partition fails with it; so after any failure the producer is replaced by a new one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from inference import metrics
from inference.contract import Departure, Destination

log = structlog.get_logger(__name__)

PAUSES = (0.05, 0.2, 0.5, 1.0)
# What the broker counts beside the records of a produce batch.
OVERHEAD = 512


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


@dataclass(frozen=True)
class Outlet:
    """A topic that is written to, and how many bytes it takes at once."""

    topic: str
    most_bytes: int


@dataclass
class Run:
    """What still has to go to one output partition, in order, and how many of it at once."""

    outlet: Outlet
    partition: int
    rest: list[Departure]
    most: int | None = None
    sending: int = 0
    size: int = 0


class Publisher:
    """One producer at a time, shared by all agents."""

    def __init__(
        self,
        open_producer: Callable[[], Awaitable[Producer]],
        outlets: Mapping[Destination, Outlet],
        smaller: Callable[[Departure, int, int], Departure],
    ) -> None:
        self._open_producer, self._outlets, self._smaller = open_producer, outlets, smaller
        self._producer: Producer | None = None
        self._epoch = 0
        self._lock = asyncio.Lock()
        self._retired: set[asyncio.Task[None]] = set()
        self.trouble: str | None = None

    async def publish(self, departures: Sequence[Departure]) -> None:
        """Returns when the broker has acknowledged all of them, however long that takes."""
        runs: list[Run] | None = None
        pauses = _pauses()
        while runs is None or runs:
            producer, epoch = await self._current()
            try:
                runs = await self._runs(producer, departures) if runs is None else runs
                await self._round(producer, runs)
            except KafkaError as error:
                await self._failed(epoch, error)
                await asyncio.sleep(next(pauses))
            else:
                self.trouble = None
            runs = runs and [run for run in runs if run.rest]

    async def stop(self, limit: float) -> None:
        """Ends it; what was acknowledged is safe, so a broker that hangs may be left alone."""
        if self._producer is not None:
            self._retire(self._producer)
        if self._retired:
            await asyncio.wait(self._retired, timeout=limit)

    async def _runs(self, producer: Producer, departures: Sequence[Departure]) -> list[Run]:
        """Grouped by output partition: that of the input, modulo their number."""
        counts = {
            destination: len(await producer.partitions_for(self._outlets[destination].topic))
            for destination in {departure.destination for departure in departures}
        }
        runs: dict[tuple[Destination, int], Run] = {}
        for departure in departures:
            destination = departure.destination
            partition = departure.arrival.partition % counts[destination]
            run = runs.get((destination, partition))
            if run is None:
                run = runs[destination, partition] = Run(self._outlets[destination], partition, [])
            run.rest.append(departure)
        return list(runs.values())

    async def _round(self, producer: Producer, runs: list[Run]) -> None:
        """Sends the next produce batch of every run; raises when one of them failed."""
        handed = [await self._hand_over(producer, run) for run in runs]
        outcomes = await asyncio.gather(*handed, return_exceptions=True)
        failure: BaseException | None = None
        for run, outcome in zip(runs, outcomes, strict=True):
            if not isinstance(outcome, BaseException):
                del run.rest[: run.sending]
                continue
            failure = outcome
            if isinstance(outcome, MessageSizeTooLargeError):
                await self._shrink(run)
        if failure is not None:
            raise failure

    async def _hand_over(self, producer: Producer, run: Run) -> Awaitable[object]:
        batch = producer.create_batch()
        run.sending = _fill(batch, run.rest[: run.most])
        run.size = batch.size()
        if run.size + OVERHEAD > run.outlet.most_bytes:
            return _failure(MessageSizeTooLargeError())
        try:
            return await producer.send_batch(batch, run.outlet.topic, partition=run.partition)
        except KafkaError as error:
            return _failure(error)

    async def _shrink(self, run: Run) -> None:
        """Half of it next time; what is too large alone leaves in a smaller form."""
        if run.sending > 1:
            run.most = run.sending // 2
            return
        departure = run.rest.pop(0)
        await self.publish([self._smaller(departure, run.size, run.outlet.most_bytes)])

    async def _current(self) -> tuple[Producer, int]:
        async with self._lock:
            if self._producer is None:
                self._producer = await self._open_producer()
            return self._producer, self._epoch

    async def _failed(self, epoch: int, error: KafkaError) -> None:
        """Lets go of the producer, once for all who saw it fail."""
        metrics.PUBLISH_RETRIES.inc()
        name = type(error).__name__
        self.trouble = f"publishing fails with {name} and is tried again"
        log.warning("publishing failed, trying again", error=name)
        async with self._lock:
            if epoch == self._epoch and self._producer is not None:
                self._retire(self._producer)
                self._producer = None
                self._epoch += 1

    def _retire(self, producer: Producer) -> None:
        """It may still owe answers to others, so it ends by itself, in the background."""
        task = asyncio.create_task(_stop(producer))
        self._retired.add(task)
        task.add_done_callback(self._retired.discard)


def _fill(batch: Any, run: Sequence[Departure]) -> int:  # noqa: ANN401 - aiokafka has no types
    """How many of the first departures fit into a produce batch; a single one always does."""
    for taken, departure in enumerate(run):
        added = batch.append(
            timestamp=None, key=departure.key, value=departure.value, headers=departure.headers
        )
        if added is None:
            return taken
    return len(run)


def _failure(error: KafkaError) -> Awaitable[object]:
    future: asyncio.Future[object] = asyncio.get_running_loop().create_future()
    future.set_exception(error)
    return future


async def _stop(producer: Producer) -> None:
    try:
        await producer.stop()
    except (KafkaError, OSError) as error:
        log.info("a retired producer ended badly", error=type(error).__name__)


def _pauses() -> Iterator[float]:
    yield from PAUSES
    while True:
        yield PAUSES[-1]
