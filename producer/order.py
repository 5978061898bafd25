"""One call of `send`: what to send, and the report on what became of it."""

import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from inference import lanes
from inference.contract import Contract
from inference.errors import Misconfigured
from inference.kafka import KafkaSettings, Topics
from producer.intake import Intake
from producer.memory import MemoryPublisher
from producer.progress import progress
from producer.publish import Publisher, publishing
from producer.send import Failure, Sending, Way
from producer.sources import Item, files, samples


class Order(NamedTuple):
    """What somebody asked for on the command line."""

    lane: str
    paths: tuple[Path, ...]
    samples: int
    way: Way
    unchecked: bool = False
    dry_run: bool = False
    as_json: bool = False


class Report(NamedTuple):
    """What became of an order."""

    topic: str
    tried: int
    failures: list[Failure]


async def carry_out(
    order: Order, kafka: KafkaSettings, topics: Topics, acknowledge_timeout: float
) -> Report:
    """Returns when the broker has everything that it will ever have."""
    contract = topics.bounded(lanes.contract(order.lane))
    items, count = _items(order, contract)
    topic = topics.requests(order.lane)
    async with _publisher(order, contract, kafka, topic, acknowledge_timeout) as publisher:
        with progress(count, as_json=order.as_json and not order.dry_run) as on_end:
            intake = Intake(publisher, topics, checked=not order.unchecked)
            failures = await Sending(intake, contract, order.way, on_end).send(items)
    return Report(topic, count, failures)


def _items(order: Order, contract: Contract[Any, Any]) -> tuple[Iterable[Item], int]:
    found = files.items(order.paths, sys.stdin.buffer, contract.max_bytes)
    made = samples.items(order.lane, order.samples)
    count = len(found) + order.samples
    if not count:
        message = "there is nothing to send: give files, folders with files in them, or --samples"
        raise Misconfigured(message)
    return chain(found, made), count


@asynccontextmanager
async def _publisher(
    order: Order,
    contract: Contract[Any, Any],
    kafka: KafkaSettings,
    topic: str,
    acknowledge_timeout: float,
) -> AsyncIterator[Publisher]:
    if order.dry_run:
        yield MemoryPublisher(contract.max_bytes)
        return
    async with publishing(kafka, [topic], contract.max_bytes, acknowledge_timeout) as publisher:
        await publisher.connected()
        yield publisher
