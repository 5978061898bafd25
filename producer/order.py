"""One call of `send`: what to send, and the report on what became of it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from inference import lanes
from inference.contract import Contract
from inference.kafka import KafkaSettings, Topics
from producer.gathering import Wanted, gather, look, must_fit
from producer.intake import Intake
from producer.memory import MemoryPublisher
from producer.progress import progress
from producer.publish import Publisher, publishing
from producer.send import Failure, Sending, Way
from producer.sources.polling import Poller
from producer.sources.seen import Seen
from producer.sources.settings import SourceSettings


class Order(NamedTuple):
    """What somebody asked for on the command line."""

    lane: str
    wanted: Wanted
    way: Way
    again: bool = False
    unchecked: bool = False
    dry_run: bool = False
    as_json: bool = False


class Report(NamedTuple):
    """What became of an order; `unread` are the sources that could not be read."""

    topic: str
    tried: int
    failures: list[Failure]
    unread: Sequence[Failure] = ()
    seen: int = 0


class Means(NamedTuple):
    """The settings by which an order is carried out."""

    kafka: KafkaSettings
    topics: Topics
    sources: SourceSettings
    acknowledge_timeout: float


async def carry_out(order: Order, means: Means) -> Report:
    """Returns when the broker has everything that it will ever have."""
    contract = means.topics.bounded(lanes.contract(order.lane))
    must_fit(order.wanted, contract)
    poller = await _poller(order, means.sources)
    looked = await look(order.wanted, poller, means.sources)
    items, count = gather(order.wanted, contract, looked.items)
    topic = means.topics.requests(order.lane)
    async with _publisher(order, contract, means) as publisher:
        with progress(count, as_json=order.as_json and not order.dry_run) as on_end:
            intake = Intake(publisher, means.topics, checked=not order.unchecked)
            sending = Sending(intake, contract, order.way, on_end)
            failures = await sending.send(items)
    if not order.dry_run:
        for harvest in looked.harvests:
            await poller.settle(harvest, failures)
    return Report(topic, sending.tried, failures, looked.unread, looked.seen)


async def _poller(order: Order, settings: SourceSettings) -> Poller:
    """A dry run asks about everything, as nothing of it is sent."""
    seen = Seen(settings.seen_file, order.lane, settings.seen_per_feed)
    if order.wanted.polled and not order.dry_run:
        await seen.open()
    return Poller(order.lane, seen, again=order.again or order.dry_run)


@asynccontextmanager
async def _publisher(
    order: Order, contract: Contract[Any, Any], means: Means
) -> AsyncIterator[Publisher]:
    if order.dry_run:
        yield MemoryPublisher(contract.max_bytes)
        return
    names, limit = [means.topics.requests(order.lane)], means.acknowledge_timeout
    async with publishing(means.kafka, names, contract.max_bytes, limit) as publisher:
        await publisher.connected()
        yield publisher
