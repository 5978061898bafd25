"""A broker of the benchmark's own, topics on it, and what is measured at it from outside."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from local.kafka import Broker
from local.ports import free_port

PARTITIONS = 8
MIB = 1024 * 1024


@asynccontextmanager
async def open_broker() -> AsyncIterator[str]:
    """The address of a fresh Kafka; gone with the block."""
    with TemporaryDirectory(prefix="penstock-bench-") as folder:
        broker = Broker(Path(folder), free_port())
        await asyncio.to_thread(broker.start)
        try:
            yield broker.bootstrap
        finally:
            await asyncio.to_thread(broker.stop)


async def create(
    bootstrap: str, names: Iterable[str], more: Mapping[str, str] | None = None
) -> None:
    """Topics that take large records."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    config = {"max.message.bytes": str(6 * MIB), **(more or {})}
    await admin.create_topics(
        [NewTopic(name, PARTITIONS, 1, topic_configs=config) for name in names]
    )
    await admin.close()


async def fill(bootstrap: str, topic: str, values: Sequence[bytes]) -> None:
    """Publishes the values, spread evenly."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, max_batch_size=256 * 1024, max_request_size=6 * MIB
    )
    await producer.start()
    sent = [
        await producer.send(topic, value, key=b"%d" % i, partition=i % PARTITIONS)
        for i, value in enumerate(values)
    ]
    await asyncio.gather(*sent)
    await producer.stop()


async def rate(bootstrap: str, topic: str, count: int) -> float:
    """Records per second on a topic from its first record until it has as many as expected."""
    seen_first = await arrived(bootstrap, topic, 1)
    started = time.perf_counter()
    seen_last = await arrived(bootstrap, topic, count)
    return (seen_last - seen_first) / (time.perf_counter() - started)


async def arrived(bootstrap: str, topic: str, count: int) -> int:
    """How many records a topic has, once it has so many."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap)
    await consumer.start()
    partitions = [TopicPartition(topic, number) for number in range(PARTITIONS)]
    seen = 0
    while seen < count:
        await asyncio.sleep(0.02)
        seen = sum((await consumer.end_offsets(partitions)).values())
    await consumer.stop()
    return seen
