"""Reads results and dead letters; what the store has is committed, and nothing before.

fetch -> understand -> keep (waits for the store) -> commit (now and then, and at the end)
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

from consumer import connection, metrics, records
from consumer.fetching import Fetched, Fetching
from consumer.keeping import DEAD_LETTERS, RESULTS, Entry, Keeper
from consumer.settings import ConsumerSettings
from consumer.waiting import pause, unless
from inference.contract import Arrival
from inference.kafka import KafkaSettings, Topics

POLL_MS = 500
COMMIT_LIMIT = 5.0
RETRY = 1.0
MIB = 1024 * 1024

log = structlog.get_logger(__name__)


class Offsets:
    """What the store has and the broker does not know yet."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._stored: dict[TopicPartition, int] = {}
        self._committed_at = time.monotonic()

    def add(self, fetched: Fetched) -> None:
        """The store has these."""
        self._stored |= {tp: batch[-1].offset + 1 for tp, batch in fetched.items()}

    def due(self) -> bool:
        """Whether it is time for a commit."""
        return bool(self._stored) and time.monotonic() - self._committed_at >= self._interval

    async def commit(self, consumer: AIOKafkaConsumer) -> None:
        """Tell the broker; where it does not take it, the next commit says it all again."""
        ours = consumer.assignment()
        self._stored = {tp: offset for tp, offset in self._stored.items() if tp in ours}
        self._committed_at = time.monotonic()
        if not self._stored:
            return
        try:
            # Without a limit a commit waits for ever for a broker that is away.
            await asyncio.wait_for(consumer.commit(self._stored), COMMIT_LIMIT)
        except (KafkaError, IllegalStateError, TimeoutError) as error:
            # Whatever has moved to another consumer is read again there, and changes nothing.
            metrics.COMMIT_FAILURES.inc()
            log.warning("commit failed", error=type(error).__name__)
        else:
            self._stored = {}


class Consumption:
    """The way from the topics into the store."""

    def __init__(
        self, kafka: KafkaSettings, topics: Topics, settings: ConsumerSettings, keeper: Keeper
    ) -> None:
        self._kafka, self._settings, self._keeper = kafka, settings, keeper
        self._kinds = {topics.results_topic: RESULTS, topics.dead_letters_topic: DEAD_LETTERS}
        self._condition = keeper.condition

    async def run(self, stop: asyncio.Event) -> None:
        """Read until stopped; a client that failed is replaced by a new one."""
        while not stop.is_set():
            try:
                await self._wait_for_topics(stop)
                await self._read(stop)
            except (KafkaError, OSError) as error:
                self._condition.broker = f"Kafka does not answer ({type(error).__name__})"
                log.warning("reading begins anew", error=type(error).__name__)
                await pause(stop, RETRY)

    async def _wait_for_topics(self, stop: asyncio.Event) -> None:
        async with connection.admin(self._kafka) as admin:
            while not stop.is_set():
                missing = self._kinds.keys() - await connection.partitions(admin)
                self._condition.miss(missing)
                if not missing:
                    return
                await pause(stop, RETRY)

    async def _read(self, stop: asyncio.Event) -> None:
        offsets = Offsets(self._settings.commit_interval)
        async with self._reader() as consumer:
            try:
                await self._read_on(consumer, offsets, stop)
            finally:
                await offsets.commit(consumer)

    async def _read_on(
        self, consumer: AIOKafkaConsumer, offsets: Offsets, stop: asyncio.Event
    ) -> None:
        fetching, most = Fetching(consumer), self._settings.batch
        while not stop.is_set():
            fetched = await unless(stop.wait(), fetching.fetch(POLL_MS, most)) or {}
            entries = [self._entry(arrival) for batch in fetched.values() for arrival in batch]
            # Nothing is understood meanwhile: SQLite's driver lets go of the interpreter at every
            # row, and whoever is busy gives it back late. Side by side both take far longer.
            if entries and await self._keeper.keep(entries, stop):
                offsets.add(fetched)
            if offsets.due():
                await offsets.commit(consumer)

    def _entry(self, arrival: Arrival) -> Entry:
        kind = self._kinds[arrival.topic]
        understand = records.result if kind == RESULTS else records.dead_letter
        return Entry(records.place(arrival), kind, understand(arrival), arrival.headers)

    @asynccontextmanager
    async def _reader(self) -> AsyncIterator[AIOKafkaConsumer]:
        settings = self._settings
        session = int(settings.session_timeout * 1000)
        async with connection.reader(
            self._kafka,
            group_id=settings.group,
            group_instance_id=settings.group_instance_id,
            client_id=settings.group,
            session_timeout_ms=session,
            heartbeat_interval_ms=session // 4,
            fetch_max_bytes=16 * MIB,
            max_partition_fetch_bytes=MIB,
            metadata_max_age_ms=30_000,
        ) as consumer:
            # Not before the start, which would then wait for a whole rebalance and hear no stop.
            consumer.subscribe(list(self._kinds))
            yield consumer
