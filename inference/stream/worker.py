"""A worker of one lane, put together: what it opens, what runs side by side, and how it ends."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer
from fastapi import FastAPI

from inference.contract import Arrival, Destination
from inference.journey import Journey, Trip
from inference.kafka import KafkaSettings, Topics
from inference.lane import BatchPolicy, Lane
from inference.opening import named, open_journey
from inference.settings import ReaderSettings, WorkerSettings
from inference.stream import clients, topics
from inference.stream.assignment import Assignment
from inference.stream.batch import Batch
from inference.stream.carrier import Carrier, Travel
from inference.stream.crew import crew
from inference.stream.flight import Flight
from inference.stream.gate import Gate
from inference.stream.lag import measure_lag
from inference.stream.line import Producer
from inference.stream.offsets import Offsets
from inference.stream.publisher import Outlet, Publisher
from inference.stream.reader import Limits, Reader
from inference.stream.trial import Trial
from inference.stream.watchdog import unwatch, watch
from inference.web import health
from inference.web.problems import install
from inference.web.running import until_stopped
from inference.web.serving import serving

log = structlog.get_logger(__name__)

STOP_LIMIT = 5.0
Opening = Callable[[], Awaitable[Producer]]


@dataclass(frozen=True)
class Setup:
    """Everything that can be set for a worker."""

    kafka: KafkaSettings
    topics: Topics
    reader: ReaderSettings
    worker: WorkerSettings


class Worker:
    """What a worker holds while it runs, and what it says of itself."""

    def __init__(self, lane: Lane[Any, Any], setup: Setup) -> None:
        self.lane, self.setup = lane, setup
        self.name = lane.contract.lane
        self.topic = setup.topics.requests(self.name)
        self.group = setup.reader.group or f"penstock.{self.name}"
        self.policy = _policy(lane.policy, setup.worker)
        # Twice what can be in flight: as far as a successor looks for a record that kills.
        self.flight = Flight(
            Assignment(horizon=2 * self.policy.cap * (2 * setup.worker.workers + 2)),
            setup.worker.inflight_bytes,
        )
        self.gate = Gate()
        self.gate.close("start", "the lane is being opened")
        self.publisher: Publisher | None = None

    def live(self) -> Mapping[str, str | None]:
        """The loop turns, since this is answered; and no batch computes for ever."""
        age = self.flight.oldest()
        stuck = age > self.setup.worker.stuck_after
        return {"batches": f"a batch has been computing for {age:.0f} s" if stuck else None}

    def ready(self) -> Mapping[str, str | None]:
        """Opened, a member of the group, and nothing keeps it from reading or publishing."""
        trouble = self.publisher.trouble if self.publisher else None
        joined = None if self.flight.joined else "not yet a member of the consumer group"
        return {"group": joined, "publishing": trouble, **self.gate.reasons}

    def app(self) -> FastAPI:
        """Health and metrics."""
        app = FastAPI(title=f"Penstock worker {self.name}", docs_url=None, redoc_url=None)
        install(app)
        app.include_router(health.health_routes(self.live, self.ready))
        return app


async def work(lane: str, setup: Setup, open_producer: Opening | None = None) -> None:
    """Carries records until it is asked to stop; raises when it cannot go on."""
    worker = Worker(named(lane, setup.worker.lane_name, setup.topics), setup)
    stop = asyncio.create_task(until_stopped())
    life = asyncio.create_task(_live(lane, worker, stop, open_producer))
    await asyncio.wait([stop, life], return_when=asyncio.FIRST_COMPLETED)
    if not life.done() and worker.gate.reasons.get("start"):
        life.cancel()
        await asyncio.wait([life])
        return
    await life


async def _live(
    lane: str, worker: Worker, stop: asyncio.Task[None], open_producer: Opening | None
) -> None:
    own = worker.setup.worker
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(
            serving(worker.app(), own.metrics_host, own.metrics_port, setting="METRICS_PORT")
        )
        journey = await stack.enter_async_context(
            open_journey(worker.lane, worker.group, own.workers)
        )
        worker.publisher = await _publisher(worker, journey, open_producer)
        carrier = Carrier(worker.name, own.workers, worker.flight, worker.gate, worker.publisher)
        trial = Trial(lane, journey.departures, own.trial_timeout)

        async def carry(batch: Batch) -> None:
            await carrier.carry(batch, _travel(batch, journey, trial))

        members = await stack.enter_async_context(crew(worker.name, 2 * own.workers, carry))
        consumer, reader = await _reader(worker)
        worker.gate.open("start")
        tasks = [
            asyncio.create_task(task)
            for task in (
                reader.read(members.hand_on),
                reader.commit(),
                measure_lag(worker.name, consumer, worker.flight),
                watch(worker.flight, own.stuck_after),
            )
        ]
        await asyncio.wait([*tasks, stop, members.failed], return_when=asyncio.FIRST_COMPLETED)
        log.info("stopping", lane=worker.name)
        for failed in (*tasks, members.failed):
            if failed.done():
                failed.result()
        await _leave(tasks, reader, worker)
        await _within(STOP_LIMIT, consumer.stop())
        await worker.publisher.stop(STOP_LIMIT)
        await trial.close()
        unwatch()


def _travel(batch: Batch, journey: Journey[Any, Any], trial: Trial) -> Travel:
    """Suspected records take the way through the child process."""
    if not batch.careful:
        return journey.travel

    async def travel(arrivals: Sequence[Arrival]) -> Trip:
        return await trial.travel(arrivals, lambda: batch.turn.stale)

    return travel


async def _publisher(
    worker: Worker, journey: Journey[Any, Any], open_producer: Opening | None
) -> Publisher:
    """Waits until the topics are there, asks how much they take, and connects."""
    setup = worker.setup
    names = {
        Destination.RESULTS: setup.topics.results_topic,
        Destination.DEAD_LETTERS: setup.topics.dead_letters_topic,
    }

    def tell(trouble: str | None) -> None:
        if trouble is None:
            worker.gate.open("topics")
        else:
            worker.gate.close("topics", trouble)

    await topics.wait_for(setup.kafka, [worker.topic, *names.values()], tell)
    async with topics.open_admin(setup.kafka) as admin:
        limits = await topics.limits(admin, list(names.values()))
    outlets = {d: Outlet(name, limits.get(name, 1_000_000)) for d, name in names.items()}
    least = min(outlet.most_bytes for outlet in outlets.values())
    opening = open_producer or clients.producers(setup.kafka, setup.reader, least)
    return Publisher(opening, outlets, journey.departures.smaller)


async def _reader(worker: Worker) -> tuple[AIOKafkaConsumer, Reader]:
    """A consumer that has joined the group, and the reader over it."""
    setup = worker.setup
    consumer = clients.consumer(setup.kafka, setup.reader, worker.group, setup.worker.drain_timeout)
    admin = clients.admin(setup.kafka)
    offsets = Offsets(consumer, admin, worker.group, clients.COMMIT_LIMIT)
    limits = Limits(worker.policy, setup.worker.commit_interval, setup.worker.drain_timeout)
    reader = Reader(consumer, offsets, worker.flight, worker.gate, limits)
    consumer.subscribe([worker.topic], listener=reader)
    await clients.started(admin)
    await clients.started(consumer)
    return consumer, reader


async def _leave(tasks: list[asyncio.Task[None]], reader: Reader, worker: Worker) -> None:
    """Reads no more, lets what runs end, and commits."""
    reading, *others = tasks
    reading.cancel()
    await asyncio.wait([reading])
    await _within(worker.setup.worker.drain_timeout + clients.COMMIT_LIMIT, reader.leave())
    for task in others:
        task.cancel()


async def _within(limit: float, ending: Awaitable[object]) -> None:
    """A client that cannot end in time, or ends with an error, does not keep the process."""
    task = asyncio.ensure_future(ending)
    await asyncio.wait([task], timeout=limit)
    if not task.done():
        log.warning("something did not end in time", limit=limit)
    elif not task.cancelled() and task.exception() is not None:
        log.warning("something ended badly", error=type(task.exception()).__name__)


def _policy(policy: BatchPolicy, settings: WorkerSettings) -> BatchPolicy:
    linger = settings.batch_linger
    return BatchPolicy(
        settings.batch_cap or policy.cap,
        settings.batch_bytes or policy.bytes,
        policy.linger if linger is None else linger,
    )
