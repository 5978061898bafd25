"""Topics for tests and benchmarks; programs have `python -m inference topics`."""

import asyncio
from collections.abc import Mapping, Sequence

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import for_code

LED_WITHIN = 15.0


async def create(
    bootstrap: str,
    topics: Sequence[str],
    partitions: int = 1,
    settings: Mapping[str, str] | None = None,
) -> None:
    """Create them, and return when every partition has a leader; raises where one exists."""
    wanted = [
        NewTopic(topic, partitions, 1, topic_configs=dict(settings or {})) for topic in topics
    ]
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        answer = await admin.create_topics(wanted)
        for topic, code, *_ in answer.topic_errors:
            if code:
                raise for_code(code)(topic)
        async with asyncio.timeout(LED_WITHIN):
            while not await _led(admin, topics, partitions):  # noqa: ASYNC110 - the broker tells no one
                await asyncio.sleep(0.02)
    finally:
        await admin.close()


async def _led(admin: AIOKafkaAdminClient, topics: Sequence[str], partitions: int) -> bool:
    described = await admin.describe_topics(list(topics))
    leaders = [part["leader"] for topic in described for part in topic["partitions"]]
    return len(leaders) == len(topics) * partitions and min(leaders, default=0) >= 0
