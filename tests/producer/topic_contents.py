"""Reads a whole topic back, for what the tests look at afterwards."""

from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

Record = Any


async def records(bootstrap: str, topic: str) -> list[Record]:
    """Everything in the topic, partition by partition."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        places = [TopicPartition(topic, n) for n in await _partitions(consumer, topic)]
        ends = await consumer.end_offsets(places)
        consumer.assign(places)
        found: list[Record] = []
        while len(found) < sum(ends.values()):
            for batch in (await consumer.getmany(timeout_ms=1000)).values():
                found += batch
        return sorted(found, key=lambda record: (record.partition, record.offset))
    finally:
        await consumer.stop()


async def _partitions(consumer: AIOKafkaConsumer, topic: str) -> set[int]:
    await consumer._client.add_topic(topic)  # the public way asks for all topics of the broker
    found: set[int] = consumer.partitions_for_topic(topic)
    return found
