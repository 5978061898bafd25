"""What only a real producer shows: sequences that a refusal spoils, and answers that never come."""

import asyncio
from collections import defaultdict
from collections.abc import Callable

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from memory_broker import DEPARTURES
from traffic import arrival, result

from inference.contract import Departure, Destination
from inference.kafka import KafkaSettings
from inference.settings import ReaderSettings
from inference.stream import clients
from inference.stream.publisher import Outlet, Publisher
from local.kafka import Broker
from local.topics import create

pytestmark = pytest.mark.kafka

PUBLISHERS, BATCHES, RECORDS = 6, 3, 8
LIMIT = 20_000
# What the publisher believes, so that only the broker knows what is too large.
BELIEVED = 1_000_000


def batch(partition: int, number: int) -> list[Departure]:
    """One of them too large, at another place in each batch."""
    first, large = RECORDS * number, (number * 7 + partition) % RECORDS
    arrivals = [arrival(first + n, partition) for n in range(RECORDS)]
    return [result(a, bytes(2 * LIMIT if n == large else 10)) for n, a in enumerate(arrivals)]


async def read(broker: Broker, topic: str) -> dict[bytes, list[int]]:
    """Offsets of the questions, by key, in the order of their answers."""
    place, found = TopicPartition(topic, 0), defaultdict[bytes, list[int]](list)
    consumer = AIOKafkaConsumer(bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest")
    async with consumer:
        consumer.assign([place])
        (end,) = (await consumer.end_offsets([place])).values()
        while await consumer.position(place) < end:
            record = await consumer.getone()
            found[record.key].append(int(dict(record.headers)["offset"]))
    return found


def told(departure: Departure) -> Departure:
    """With its key and its place, since nothing else of it is looked at."""
    key, offset = f"{departure.arrival.partition}", f"{departure.arrival.offset}"
    asked = departure.arrival._replace(key=key.encode(), headers=[("offset", offset.encode())])
    return departure._replace(arrival=asked, headers=asked.headers)


async def test_refusals_keep_nobody_waiting_for_ever_and_spoil_nothing_else(
    broker: Broker, names: Callable[[str], str]
) -> None:
    results, dead = names("results"), names("dead")
    await create(broker.bootstrap, [results], 1, {"max.message.bytes": str(LIMIT)})
    await create(broker.bootstrap, [dead], 1)
    kafka = KafkaSettings(bootstrap_servers=broker.bootstrap)
    outlets = {
        Destination.RESULTS: Outlet(results, BELIEVED),
        Destination.DEAD_LETTERS: Outlet(dead, BELIEVED),
    }
    producers = clients.producers(kafka, ReaderSettings(), BELIEVED)
    publisher = Publisher(producers, outlets, DEPARTURES.smaller)

    async def publish(partition: int) -> None:
        for number in range(BATCHES):
            await publisher.publish([told(d) for d in batch(partition, number)])

    async with asyncio.timeout(90), asyncio.TaskGroup() as tasks:
        for partition in range(PUBLISHERS):
            tasks.create_task(publish(partition))
    await publisher.stop(5)
    answered, refused = await read(broker, results), await read(broker, dead)
    for key in map(str.encode, map(str, range(PUBLISHERS))):
        assert len(refused[key]) == BATCHES
        seen = list(dict.fromkeys(answered[key]))
        assert seen == sorted(set(range(BATCHES * RECORDS)) - set(refused[key]))
