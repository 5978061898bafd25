"""The consumer as a process: stores what comes and gives it out until it is asked to end."""

import asyncio
from typing import NamedTuple

import structlog

from consumer.api import create_api
from consumer.bursts.lookout import Lookout
from consumer.condition import Condition
from consumer.consume import Consumption
from consumer.counting import Counting
from consumer.keeping import Keeper
from consumer.settings import ConsumerSettings, HttpSettings, StoreSettings
from consumer.store.retention import retain
from consumer.store.store import Store, database
from consumer.waiting import STOP_LIMIT, pause
from consumer.watch import Watch
from inference import lanes
from inference.errors import Unavailable
from inference.kafka import KafkaSettings, Topics
from inference.web.guard.guard import Guard
from inference.web.guard.settings import GuardSettings
from inference.web.running import until_stopped
from inference.web.serving import serving

RETRY = 1.0
CLOSE_LIMIT = 10.0

log = structlog.get_logger(__name__)


class Setup(NamedTuple):
    """Everything that is set."""

    kafka: KafkaSettings
    topics: Topics
    http: HttpSettings
    store: StoreSettings
    consumer: ConsumerSettings
    guard: GuardSettings


async def serve(setup: Setup) -> None:
    """Returns after SIGTERM or SIGINT, when all that is stored is committed."""
    guard = Guard(setup.guard, setup.http.host)
    setup.kafka.client_options()  # what is wrong with them is said now, and not by every task
    stop = asyncio.Event()
    store = Store(database(setup.store.url.get_secret_value()), Counting.found())
    condition = Condition(setup.consumer.stuck_after)
    app = create_api(store, condition, setup.kafka, setup.topics, guard)
    try:
        async with serving(app, setup.http.host, setup.http.port) as port:
            log.info("listening", host=setup.http.host, port=port)
            ending = asyncio.create_task(_end_when_asked(stop, store))
            try:
                await _work(setup, store, condition, stop)
            finally:
                ending.cancel()
    finally:
        await asyncio.wait_for(store.close(), CLOSE_LIMIT)
    log.info("ended")


async def _end_when_asked(stop: asyncio.Event, store: Store) -> None:
    await until_stopped()
    log.info("ending")
    stop.set()
    store.bell.close()


async def _work(setup: Setup, store: Store, condition: Condition, stop: asyncio.Event) -> None:
    await _open(store, condition, stop)
    known = frozenset(lanes.packages()) | setup.topics.requests_topics.keys()
    lookout = Lookout(store, setup.kafka, setup.topics)
    keeper = Keeper(store, condition, known, lookout.changes.hear)
    watch = Watch(setup.kafka, setup.topics, setup.consumer.group, store, condition)
    async with asyncio.TaskGroup() as tasks:
        beside = [
            tasks.create_task(watch.run(setup.consumer.watch_interval)),
            tasks.create_task(retain(store, setup.store.retention_days)),
            tasks.create_task(store.listen()),
        ]
        looking = tasks.create_task(lookout.run(setup.consumer.burst_interval, stop))
        await Consumption(setup.kafka, setup.topics, setup.consumer, keeper).run(stop)
        # What is published right now should be noted as such, or it would be told again.
        await asyncio.wait({looking}, timeout=STOP_LIMIT)
        for task in (*beside, looking):
            task.cancel()


async def _open(store: Store, condition: Condition, stop: asyncio.Event) -> None:
    """Open the store, however long it is away."""
    while not stop.is_set():
        try:
            await store.open()
        except Unavailable as error:
            condition.store = str(error)
            log.warning("waiting for the store", reason=str(error))
            await pause(stop, RETRY)
        else:
            condition.store = None
            return
