"""A worker of one lane, put together: what it opens, what runs side by side, and how it ends."""

import asyncio
from collections.abc import Awaitable, Coroutine, Sequence
from contextlib import AsyncExitStack
from typing import Any, NamedTuple

import structlog

from inference.contract import Arrival
from inference.journey import Journey, Trip
from inference.opening import Opened, named, open_lane
from inference.stream import clients
from inference.stream.batch import Batch
from inference.stream.carrier import Carrier, Travel
from inference.stream.clients import Opening
from inference.stream.connecting import Reading, connect_publisher, connect_reader
from inference.stream.control.attendance import attend
from inference.stream.crew import Crew, crew
from inference.stream.lag import measure_lag
from inference.stream.publisher import Publisher
from inference.stream.state import Setup, WorkerState
from inference.stream.trial import Trial
from inference.web.running import until_stopped
from inference.web.serving import serving
from inference.web.watchdog import leave_within, unwatch, watch

log = structlog.get_logger(__name__)

STOP_LIMIT = 5.0
# For commits and clients that hang; what orchestrators grant must be longer than drain and this.
LEAVE_LIMIT = 25.0


class Work(NamedTuple):
    """What runs side by side."""

    members: Crew
    reading: Reading
    others: Sequence[Coroutine[Any, Any, None]]


async def work(lane: str, setup: Setup, open_producer: Opening | None = None) -> None:
    """Carries records until it is asked to stop; raises when it cannot go on."""
    worker = WorkerState(named(lane, setup.worker.lane_name, setup.topics), setup)
    stop = asyncio.create_task(until_stopped())
    life = asyncio.create_task(_live(lane, worker, stop, open_producer))
    await asyncio.wait([stop, life], return_when=asyncio.FIRST_COMPLETED)
    if not life.done() and worker.starting:
        life.cancel()
        await asyncio.wait([life])
        return
    await life


async def _live(
    lane: str, worker: WorkerState, stop: asyncio.Task[None], open_producer: Opening | None
) -> None:
    """Opens everything in order, carries on until the end, closes everything."""
    own = worker.setup.worker
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        place = own.metrics_host, own.metrics_port
        await enter(serving(worker.app(), *place, setting="METRICS_PORT"))
        opened = await enter(open_lane(worker.lane, worker.group, worker.setup.means))
        journey, worker.swap = opened.journey, opened.swap
        worker.publisher = await connect_publisher(worker, journey, open_producer)
        carrier = _carrier(worker, opened, worker.publisher)
        trial = Trial(lane, journey.departures, own.trial_timeout)
        stack.push_async_callback(trial.close)

        async def carry(batch: Batch) -> None:
            await carrier.carry(batch, _travel(batch, journey, trial))

        members = await enter(crew(worker.name, worker.agents, carry))
        reading = await connect_reader(worker)
        worker.started()
        others = (
            watch(worker.flight.oldest, own.stuck_after),
            opened.swap.watch(worker.setup.means.ladder.model_watch),
            *attend(worker.setup.kafka, worker.setup.topics, worker.station(opened)),
        )
        await _side_by_side(worker, stop, Work(members, reading, others))
        await _within(STOP_LIMIT, reading.consumer.stop())
        await worker.publisher.stop(STOP_LIMIT)
        unwatch()


def _carrier(worker: WorkerState, opened: Opened, publisher: Publisher) -> Carrier:
    """Where somebody else's limits say so, no more batches are asked about than those allow."""
    most = opened.caps.at_once or worker.at_hand
    return Carrier(worker.name, most, worker.flight, worker.gate, publisher)


async def _side_by_side(worker: WorkerState, stop: asyncio.Task[None], parts: Work) -> None:
    """Reads, commits and watches until it is asked to stop; raises what failed first."""
    consumer, offsets, reader = parts.reading
    members = parts.members
    read = asyncio.create_task(reader.read(members.hand_on))
    others = [
        asyncio.create_task(task)
        for task in (
            reader.commit(),
            measure_lag(worker.name, consumer, offsets, worker.flight, worker.hears),
            *parts.others,
        )
    ]
    ends = [read, *others, members.failed]
    await asyncio.wait([*ends, stop], return_when=asyncio.FIRST_COMPLETED)
    log.info("stopping", lane=worker.name)
    leave_within(worker.setup.worker.drain_timeout + LEAVE_LIMIT)
    for end in ends:
        if end.done():
            end.result()
    read.cancel()
    await asyncio.wait([read])
    await _within(worker.setup.worker.drain_timeout + clients.COMMIT_LIMIT, reader.leave())
    for task in others:
        task.cancel()
    # Whoever looks on is told that we leave, if it can be told.
    await asyncio.wait(others, timeout=STOP_LIMIT)


def _travel(batch: Batch, journey: Journey[Any, Any], trial: Trial) -> Travel:
    """Suspected records take the way through the child process."""
    if not batch.careful:
        return journey.travel

    async def travel(arrivals: Sequence[Arrival]) -> Trip:
        return await trial.travel(arrivals, lambda: batch.turn.stale)

    return travel


async def _within(limit: float, ending: Awaitable[object]) -> None:
    """A client that cannot end in time, or ends with an error, does not keep the process."""
    task = asyncio.ensure_future(ending)
    await asyncio.wait([task], timeout=limit)
    if not task.done():
        log.warning("something did not end in time", limit=limit)
    elif not task.cancelled() and task.exception() is not None:
        log.warning("something ended badly", error=type(task.exception()).__name__)
