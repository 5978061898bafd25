"""What an agent does with a batch: compute, wait for its turn, publish, note it down."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

import structlog

from inference import metrics
from inference.contract import Arrival
from inference.journey import Trip
from inference.ladder import WAITING_SINCE
from inference.stream.batch import Batch, Ready
from inference.stream.defects import Defects
from inference.stream.flight import Flight
from inference.stream.gate import Gate
from inference.stream.observed import observe
from inference.stream.publisher import Publisher

log = structlog.get_logger(__name__)

Travel = Callable[[Sequence[Arrival]], Awaitable[Trip]]

RUNGS = "rungs"
PUBLISH = "publish"
PROBE_PAUSE = 0.5


class Carrier:
    """Carries whole batches; at most `most` of them compute or are about to.

    More are carried than that, so that nobody who waits for a turn keeps a worker idle.
    """

    def __init__(
        self, lane: str, most: int, flight: Flight, gate: Gate, publisher: Publisher
    ) -> None:
        self._lane, self._flight, self._gate, self._publisher = lane, flight, gate, publisher
        self._room = asyncio.Semaphore(most)
        self._defects = Defects(gate)

    async def carry(self, batch: Batch, travel: Travel) -> None:
        """Publishes what the batch becomes, or drops it when its partitions were taken away.

        While nobody can answer, what lies before the first record that has to wait goes ahead.
        """
        metrics.BATCHES.labels(self._lane, "carried").inc()
        WAITING_SINCE.set(None)
        ready = await self._publish(batch, travel)
        while ready is not None and ready.rest:
            self._flight.advanced(batch, ready)
            ready = await self._publish(batch, travel)
        if ready is None:
            self._gate.open(RUNGS)  # whoever is fetched next finds out anew; else nobody ever would
        self._flight.landed(batch, published=ready is not None)
        metrics.BATCHES.labels(self._lane, "dropped" if ready is None else "published").inc()

    async def _publish(self, batch: Batch, travel: Travel) -> Ready | None:
        """As much of it as need not wait; None when it may not be published any more."""
        taken = time.time()
        trip = await self._compute(batch, travel)
        if trip is None or not await batch.turn.come():
            return None
        ready, started = batch.ready(trip), time.perf_counter()
        await self._publisher.publish(ready.departures)
        stages = {**trip.stages, PUBLISH: time.perf_counter() - started}
        observe(self._lane, taken, ready.departures, stages)
        self._defects.note(ready.departures)
        return ready

    async def _compute(self, batch: Batch, travel: Travel) -> Trip | None:
        async with self._room:
            if not self._flight.starts(batch):
                return None
            metrics.ACTIVE.labels(self._lane).inc()
            try:
                return await self._travel(batch, travel)
            finally:
                metrics.ACTIVE.labels(self._lane).dec()
                self._flight.computed(batch)

    async def _travel(self, batch: Batch, travel: Travel) -> Trip | None:
        """As long as nobody can answer, the batch waits, unless the beginning of it may leave.

        So does the reader, once all that may compute wait. Until then others come and try, and
        where those succeed the ladder knows that the fault lies in this batch.
        """
        while True:
            trip = await travel(batch.arrivals)
            if trip.waits is None:
                self._gate.open(RUNGS)
                return trip
            WAITING_SINCE.set(WAITING_SINCE.get() or time.monotonic())
            self._wait_for_rungs(trip.waits.why)
            self._flight.computed(batch)
            if batch.turn.here and batch.ready(trip).departures:
                return trip
            await asyncio.sleep(PROBE_PAUSE)
            if not self._flight.starts(batch):
                return None

    def _wait_for_rungs(self, why: str) -> None:
        if self._room.locked():
            self._gate.close(RUNGS, why)
        else:
            self._gate.complain(RUNGS, why)
