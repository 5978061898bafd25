"""Takes everything that is ready, up to the cap, and hands it to the agents; never computes."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import KafkaError

from inference import metrics
from inference.lane import BatchPolicy, Caps
from inference.stream.batch import Batch, Fetched, Records, cuts
from inference.stream.fetching import Fetching
from inference.stream.flight import Flight
from inference.stream.gate import Gate
from inference.stream.offsets import Offsets

log = structlog.get_logger(__name__)

RETRY_PAUSE = 0.5


@dataclass(frozen=True)
class Limits:
    """The bounds that the reader keeps."""

    policy: BatchPolicy
    commit_interval: float
    drain: float
    caps: Callable[[], Caps | None] = lambda: None


class Reader(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka has no types
    """From the broker to the agents, with every rule about offsets kept on the way."""

    def __init__(
        self,
        consumer: AIOKafkaConsumer,
        offsets: Offsets,
        flight: Flight,
        gate: Gate,
        limits: Limits,
    ) -> None:
        self._consumer, self._offsets, self._flight = consumer, offsets, flight
        self._gate, self._limits = gate, limits
        self._fetching = Fetching(consumer, limits.policy, limits.caps)
        self._behind = asyncio.Event()

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Drains for a bounded time, commits what is published, and begins a new generation."""
        if not self._flight.assignment.partitions:
            return
        metrics.REBALANCES.inc()
        await self.leave()
        log.info("partitions revoked", count=len(list(revoked)))

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Only takes note: while this runs, no heartbeat is sent."""
        self._flight.begin(assigned)
        log.info("partitions assigned", count=len(self._flight.assignment.partitions))

    async def leave(self) -> None:
        """No batch starts any more, those that run may end, then nothing of ours is in flight."""
        drained = await self._flight.drain(self._limits.drain)
        if not drained:
            log.warning("drain timed out; what was in flight will be done again")
        await self._offsets.progress(self._flight.assignment, leaving=True)
        self._flight.end()

    async def read(self, hand_on: Callable[[Batch], Awaitable[None]]) -> None:
        """Reads for ever."""
        while True:
            await self._gate.passed()
            await self._flight.room()
            await self._settled(self._flight.turns.generation)
            fetched = await self._fetching.fetch(self._flight)
            if fetched:
                await self._dispatch(fetched, hand_on)

    async def commit(self) -> None:
        """Commits progress for ever: at its interval, or as soon as a partition ran far ahead."""
        while True:
            # Not wait_for: on Python 3.11 it can swallow a cancellation.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._limits.commit_interval):
                    await self._behind.wait()
            self._behind.clear()
            await self._offsets.progress(self._flight.assignment)

    async def _dispatch(
        self, fetched: Fetched, hand_on: Callable[[Batch], Awaitable[None]]
    ) -> None:
        generation = self._flight.turns.generation
        if not await self._settled(generation):
            return
        good = self._continuous(fetched)
        if not await self._marked(generation, good):
            return
        parts = self._flight.assignment.parts
        suspected = {tp for tp in good if parts[tp].careful}
        for careful in (False, True):
            mine = {tp: found for tp, found in good.items() if (tp in suspected) == careful}
            for cut in cuts(mine, self._limits.policy.bytes):
                await self._not_too_far()
                if not self._flight.takes(generation):
                    return
                await self._hand_on(self._flight.take(cut, careful=careful), hand_on)

    async def _hand_on(self, batch: Batch, hand_on: Callable[[Batch], Awaitable[None]]) -> None:
        try:
            await hand_on(batch)
        except asyncio.CancelledError:
            # No agent has it, so it would never land, and the drain would wait for it in vain.
            self._flight.landed(batch, published=False)
            raise

    async def _settled(self, generation: int) -> bool:
        """Reads where the group stands in partitions that are new to us."""
        assignment = self._flight.assignment
        while self._flight.takes(generation) and assignment.unsettled:
            try:
                known = await self._offsets.read(assignment.unsettled)
            except (KafkaError, TimeoutError, OSError) as error:
                log.warning("cannot read committed offsets yet", error=type(error).__name__)
                await asyncio.sleep(RETRY_PAUSE)
                continue
            if self._flight.takes(generation):
                for tp, (offset, mark) in known.items():
                    assignment.settle(tp, offset, mark)
        return self._flight.takes(generation)

    def _continuous(self, fetched: Fetched) -> dict[TopicPartition, Records]:
        """Drops what does not begin where the last ended, and goes back for it."""
        good: dict[TopicPartition, Records] = {}
        for tp, records in fetched.items():
            if tp not in self._flight.assignment.parts:
                continue
            back = self._flight.assignment.accepts(tp, records[0].offset)
            if back is None:
                metrics.GAPS.inc(records[0].offset - self._flight.assignment.parts[tp].next)
                good[tp] = records
            else:
                metrics.SEEKS.inc()
                log.warning("hole in a partition", partition=tp.partition, offset=back)
                self._consumer.seek(tp, back)
        return good

    async def _marked(self, generation: int, good: Fetched) -> bool:
        """Writes the marks of partitions whose first records are about to go out."""
        assignment = self._flight.assignment
        while self._flight.takes(generation):
            if await self._offsets.mark(assignment, good):
                return self._flight.takes(generation)
            await asyncio.sleep(RETRY_PAUSE)
        return False

    async def _not_too_far(self) -> None:
        """Never further beyond the last commit than a successor would look for a culprit."""
        assignment = self._flight.assignment
        if assignment.ahead() >= 1 / 2:
            self._behind.set()
        while assignment.ahead() >= 1:
            if not await self._offsets.progress(assignment):
                await asyncio.sleep(RETRY_PAUSE)
            elif assignment.ahead() >= 1:
                await self._flight.landing()
