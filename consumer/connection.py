"""Clients of Kafka, opened and closed in order, and what the broker knows of topics."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from consumer.waiting import let_go
from inference.kafka import KafkaSettings

# Whoever asks waits for the answer; a broker that hangs must be told apart soon.
REQUEST_MS = 10_000
NEVER_MS = 2**31 - 1


@asynccontextmanager
async def admin(kafka: KafkaSettings) -> AsyncIterator[AIOKafkaAdminClient]:
    """A client that asks about topics and groups."""
    client = AIOKafkaAdminClient(**kafka.client_options(), request_timeout_ms=REQUEST_MS)
    try:
        await client.start()
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def reader(kafka: KafkaSettings, **options: Any) -> AsyncIterator[AIOKafkaConsumer]:  # noqa: ANN401 - aiokafka's own options
    """A consumer that commits nothing by itself and sees only what was committed by producers."""
    client = AIOKafkaConsumer(
        **kafka.client_options(),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        # Switched off: one cancelled fetch disables it for good, so it watches over nothing.
        max_poll_interval_ms=NEVER_MS,
        **options,
    )
    try:
        await client.start()
        yield client
    finally:
        await let_go(client)


async def partitions(client: AIOKafkaAdminClient) -> dict[str, list[TopicPartition]]:
    """Every topic that this user may see, and its partitions."""
    # Asking for all of them: a broker may create a topic that is asked for by its name.
    return {
        topic["topic"]: [
            TopicPartition(topic["topic"], p["partition"]) for p in topic["partitions"]
        ]
        for topic in await client.describe_topics()
    }
