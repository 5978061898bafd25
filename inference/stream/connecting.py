"""A worker's publisher and its reader, connected to the broker."""

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from inference.contract import Destination
from inference.journey import Journey
from inference.kafka import KafkaSettings
from inference.stream import clients, topics
from inference.stream.clients import Opening
from inference.stream.offsets import Offsets
from inference.stream.publisher import Outlet, Publisher
from inference.stream.reader import Limits, Reader
from inference.stream.state import WorkerState

# What a topic takes by default, where we may not ask how much it is.
USUAL_BYTES = 1_000_000
PAUSE = 0.5

Tell = Callable[[str | None], None]


async def connect_publisher(
    worker: WorkerState, journey: Journey[Any, Any], open_producer: Opening | None
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
    limits = await _limits(setup.kafka, list(names.values()), tell)
    outlets = {d: Outlet(name, limits.get(name, USUAL_BYTES)) for d, name in names.items()}
    least = min(outlet.most_bytes for outlet in outlets.values())
    opening = open_producer or clients.producers(setup.kafka, setup.reader, least)
    return Publisher(opening, outlets, journey.departures.smaller)


async def _limits(kafka: KafkaSettings, names: list[str], tell: Tell) -> dict[str, int]:
    """Asks until a broker answers: it may go away at any moment, also between two questions."""
    while True:
        try:
            async with topics.open_admin(kafka) as admin:
                limits = await topics.limits(admin, names)
        except (KafkaError, TimeoutError, OSError) as error:
            tell(f"cannot ask how much the topics take ({type(error).__name__})")
            await asyncio.sleep(PAUSE)
        else:
            tell(None)
            return limits


class Reading(NamedTuple):
    """A consumer that has joined the group, and what is built upon it."""

    consumer: AIOKafkaConsumer
    offsets: Offsets
    reader: Reader


async def connect_reader(worker: WorkerState) -> Reading:
    """Joins the group."""
    setup = worker.setup
    consumer = clients.consumer(setup.kafka, setup.reader, worker.group, setup.worker.drain_timeout)
    admin = clients.admin(setup.kafka)
    offsets = Offsets(consumer, admin, worker.group, clients.COMMIT_LIMIT)
    own = setup.worker
    limits = Limits(worker.policy, own.commit_interval, own.drain_timeout, worker.settle_caps)
    reader = Reader(consumer, offsets, worker.flight, worker.gate, limits)
    consumer.subscribe([worker.topic], listener=reader)
    await clients.started(admin)
    await clients.started(consumer)
    return Reading(consumer, offsets, reader)
