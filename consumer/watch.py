"""Looks at broker and store by itself, so that lag and readiness are true while all else waits."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from consumer import connection, metrics
from consumer.condition import Condition
from consumer.store.store import Store
from inference.errors import Unavailable
from inference.kafka import KafkaSettings, Topics

LIMIT = 10.0

log = structlog.get_logger(__name__)

Offsets = Mapping[TopicPartition, int]


@dataclass
class Watch:
    """What it finds goes into the condition and into the metrics."""

    kafka: KafkaSettings
    topics: Topics
    group: str
    store: Store
    condition: Condition
    _expired: dict[TopicPartition, int] = field(default_factory=dict, init=False)

    async def run(self, interval: float) -> None:
        """Look for ever; clients that failed are replaced."""
        while True:
            try:
                async with AsyncExitStack() as clients:
                    async with asyncio.timeout(LIMIT):
                        admin = await clients.enter_async_context(connection.admin(self.kafka))
                        reader = await clients.enter_async_context(connection.reader(self.kafka))
                    await self._look_on(admin, reader, interval)
            except (KafkaError, OSError, TimeoutError) as error:
                where = self.kafka.bootstrap_servers
                self.condition.broker = f"no broker answers at {where} ({type(error).__name__})"
                log.warning("lag is not known now", error=type(error).__name__)
            await self._look_at_store()
            await asyncio.sleep(interval)

    async def _look_on(
        self, admin: AIOKafkaAdminClient, reader: AIOKafkaConsumer, interval: float
    ) -> None:
        while True:
            async with asyncio.timeout(LIMIT):
                await self.look(admin, reader)
            await self._look_at_store()
            await asyncio.sleep(interval)

    async def look(self, admin: AIOKafkaAdminClient, reader: AIOKafkaConsumer) -> None:
        """Look at the broker once."""
        there = await connection.partitions(admin)
        wanted = (self.topics.results_topic, self.topics.dead_letters_topic)
        self.condition.miss(name for name in wanted if name not in there)
        ours = [tp for name in wanted for tp in there.get(name, ())]
        if not ours:
            return
        starts, ends = await reader.beginning_offsets(ours), await reader.end_offsets(ours)
        # Without partitions named, aiokafka hides the error of a coordinator that is still loading
        # and gives nothing: every lag would be that of a group which never committed.
        found = await admin.list_consumer_group_offsets(self.group, partitions=ours)
        committed = {tp: at.offset for tp, at in found.items() if at.offset >= 0}
        # What is missing in the answer is not known yet, and no lag is shown of it.
        stands = {tp: committed.get(tp, starts[tp]) for tp in found}
        _show(stands, ends)
        self._notice(committed, starts)

    def _notice(self, committed: Offsets, starts: Offsets) -> None:
        """Count what Kafka deleted before we had it, once."""
        for tp, offset in committed.items():
            lost = starts[tp] - max(offset, self._expired.get(tp, 0))
            if lost > 0:
                self._expired[tp] = starts[tp]
                metrics.EXPIRED.labels(tp.topic).inc(lost)
                log.error("records expired unread", topic=tp.topic, partition=tp.partition, n=lost)

    async def _look_at_store(self) -> None:
        try:
            async with asyncio.timeout(LIMIT):
                await self.store.ping()
        except Unavailable as error:
            self.condition.store = str(error)
        except TimeoutError:
            self.condition.store = "the store does not answer in time"
        else:
            self.condition.store = None


def _show(stands: Offsets, ends: Offsets) -> None:
    metrics.LAG.clear()
    for tp, offset in stands.items():
        metrics.LAG.labels(tp.topic, str(tp.partition)).set(max(0, ends[tp] - offset))
