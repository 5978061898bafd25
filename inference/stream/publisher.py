"""Publishes departures until the broker has acknowledged every one, in order per partition.

A produce batch that the broker refuses for good has used up its sequence numbers, and everything
later to that partition fails with it; so after any failure the producer is replaced by a new one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from inference import metrics
from inference.contract import Departure, Destination
from inference.departures import DLQ
from inference.stream.line import Line, Producer

log = structlog.get_logger(__name__)

PAUSES = (0.05, 0.2, 0.5, 1.0)
# What the broker counts beside the records of a produce batch.
OVERHEAD = 512


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


class TooLarge(MessageSizeTooLargeError):  # type: ignore[misc] # aiokafka has no types
    """Known to be refused and therefore never sent, so that the producer stays good."""


class Publisher:
    """One producer at a time, shared by all agents."""

    def __init__(
        self,
        open_producer: Callable[[], Awaitable[Producer]],
        outlets: Mapping[Destination, Outlet],
        smaller: Callable[[Departure, int, int], Departure],
    ) -> None:
        self._open_producer, self._outlets, self._smaller = open_producer, outlets, smaller
        self._line: Line | None = None
        self._lock = asyncio.Lock()
        self._retired: set[asyncio.Task[None]] = set()
        self._troubles: dict[object, str] = {}

    @property
    def trouble(self) -> str | None:
        """What keeps somebody from publishing, if anything does."""
        return next(iter(self._troubles.values()), None)

    async def publish(self, departures: Sequence[Departure]) -> None:
        """Returns when the broker has acknowledged all of them, however long that takes."""
        runs: list[Run] | None = None
        pauses, me = _pauses(), object()
        while runs is None or runs:
            line = await self._current()
            try:
                runs = await self._runs(line, departures) if runs is None else runs
                await self._round(line, runs)
            except KafkaError as error:
                await self._failed(line, error)
                if runs is None or not _dealt_with(error, runs):
                    self._troubles[me] = f"publishing fails with {_name(error)} and is tried again"
                    await asyncio.sleep(next(pauses))
            else:
                self._troubles.pop(me, None)
            runs = runs and [run for run in runs if run.rest]
        self._troubles.pop(me, None)

    async def stop(self, limit: float) -> None:
        """Ends it; what was acknowledged is safe, so a broker that hangs may be left alone."""
        if self._line is not None:
            self._retire(self._line)
        if self._retired:
            await asyncio.wait(self._retired, timeout=limit)

    async def _runs(self, line: Line, departures: Sequence[Departure]) -> list[Run]:
        """Grouped by output partition: that of the input, modulo their number."""
        [counts] = await line.tried(self._counts(line.producer, departures))
        if isinstance(counts, KafkaError):
            raise counts
        runs: dict[tuple[Destination, int], Run] = {}
        for departure in departures:
            destination = departure.destination
            partition = departure.arrival.partition % counts[destination]
            run = runs.get((destination, partition))
            if run is None:
                run = runs[destination, partition] = Run(self._outlets[destination], partition, [])
            run.rest.append(departure)
        return list(runs.values())

    async def _counts(
        self, producer: Producer, departures: Sequence[Departure]
    ) -> dict[Destination, int]:
        return {
            destination: len(await producer.partitions_for(self._outlets[destination].topic))
            for destination in {departure.destination for departure in departures}
        }

    async def _round(self, line: Line, runs: list[Run]) -> None:
        """Sends the next produce batch of every run; raises when one of them failed."""
        failure: KafkaError | None = None
        outcomes = await line.tried(*(_send(line.producer, run) for run in runs))
        for run, error in zip(runs, outcomes, strict=True):
            if error is None:
                del run.rest[: run.sending]
                continue
            if isinstance(error, MessageSizeTooLargeError):
                await self._shrink(run)
            if not isinstance(error, TooLarge):
                failure = error
        if failure is not None:
            raise failure

    async def _shrink(self, run: Run) -> None:
        """Half of it next time; what is too large alone leaves in a smaller form."""
        if run.sending > 1:
            run.most = run.sending // 2
        elif not _smallest(run.rest[0]):
            departure = run.rest.pop(0)
            await self.publish([self._smaller(departure, run.size, run.outlet.most_bytes)])

    async def _current(self) -> Line:
        async with self._lock:
            if self._line is None:
                self._line = Line(await self._open_producer())
            return self._line

    async def _failed(self, line: Line, error: KafkaError) -> None:
        """Lets go of the producer, once for all who saw it fail."""
        metrics.PUBLISH_RETRIES.inc()
        log.warning("publishing failed, trying again", error=_name(error))
        async with self._lock:
            if line is self._line:
                self._retire(line)
                self._line = None

    def _retire(self, line: Line) -> None:
        """It may still owe answers to others, so it ends by itself, in the background."""
        task = asyncio.create_task(line.end())
        self._retired.add(task)
        task.add_done_callback(self._retired.discard)


async def _send(producer: Producer, run: Run) -> None:
    """Returns when the broker has the next produce batch of the run; raises why it has not."""
    batch = producer.create_batch()
    run.sending = _fill(batch, run.rest[: run.most])
    run.size = batch.size()
    if run.size + OVERHEAD > run.outlet.most_bytes and not _smallest(run.rest[0]):
        raise TooLarge
    await (await producer.send_batch(batch, run.outlet.topic, partition=run.partition))


def _fill(batch: Any, run: Sequence[Departure]) -> int:  # noqa: ANN401 - aiokafka has no types
    """How many of the first departures fit into a produce batch; a single one always does."""
    for taken, departure in enumerate(run):
        added = batch.append(
            timestamp=None, key=departure.key, value=departure.value, headers=departure.headers
        )
        if added is None:
            return taken
    return len(run)


def _dealt_with(error: KafkaError, runs: Sequence[Run]) -> bool:
    """A refusal that is answered with less at once; the broker is well."""
    refused = isinstance(error, MessageSizeTooLargeError)
    return refused and not any(run.rest and _smallest(run.rest[0]) for run in runs)


def _smallest(departure: Departure) -> bool:
    """A reference in place of a dead letter: where even that is refused, the partition waits."""
    return bool(departure.headers) and departure.headers[-1][0] == DLQ + "ref"


def _name(error: KafkaError) -> str:
    return type(error).__name__


def _pauses() -> Iterator[float]:
    yield from PAUSES
    while True:
        yield PAUSES[-1]
