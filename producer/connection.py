"""One aiokafka producer at a time, looked after by one task: opened, watched, replaced."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from functools import partial
from typing import Any, Protocol

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.cluster import ClusterMetadata
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    KafkaError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)

from producer import metrics
from producer.event import Event

log = structlog.get_logger(__name__)

TRY_LIMIT = 10.0
PAUSES = (0.2, 0.5, 1.0, 2.0)
LOOK_EVERY = 3.0
REQUEST_TIMEOUT_MS = 30_000
TOO_LARGE = (MessageSizeTooLargeError, RecordListTooLargeError)
# Tried again, these are said again.
FOR_GOOD = (*TOO_LARGE, TopicAuthorizationFailedError, ClusterAuthorizationFailedError)
# Headers, key and the record's own frame, beside the value.
_FRAME = 64 * 1024


class Acknowledged(Protocol):
    """What is used of aiokafka's `RecordMetadata`."""

    partition: int
    offset: int


class Connection:
    """`keep` is the task that looks after it; the others only use what it has opened."""

    def __init__(self, options: Mapping[str, Any], topics: Sequence[str], most_bytes: int) -> None:
        self._options, self._topics, self._most_bytes = options, topics, most_bytes
        self._producer: AIOKafkaProducer | None = None
        self._open, self._lost = asyncio.Event(), asyncio.Event()
        self._retired: set[asyncio.Task[None]] = set()
        self._away: str | None = "not connected yet"
        self._topics_wrong: str | None = None
        self.tried = asyncio.Event()

    async def keep(self) -> None:
        """Opens a producer whenever there is none, and looks every few seconds how it is."""
        failures = 0
        while True:
            self._lost.clear()
            well = await (self._connect() if self._producer is None else self._look())
            self.tried.set()
            failures = 0 if well else failures + 1
            pause = LOOK_EVERY if well else PAUSES[min(failures, len(PAUSES)) - 1]
            # Not wait_for: until Python 3.12 it may swallow the cancellation of this task.
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._lost.wait()

    async def send(self, event: Event) -> asyncio.Future[Acknowledged]:
        """Hands the event over; the future is done when the broker has acknowledged it."""
        while True:
            await self._open.wait()
            producer = self._producer
            assert producer is not None
            try:
                future: asyncio.Future[Acknowledged] = await producer.send(
                    event.topic, event.content.data, key=event.key, headers=event.headers()
                )
            except (UnknownTopicOrPartitionError, KafkaTimeoutError):
                continue  # the topic is missing or the buffer full: whoever calls has a time limit
            except FOR_GOOD:
                raise
            except KafkaError:
                self._replace(producer)
                continue
            future.add_done_callback(partial(self._settled, producer))
            return future

    def checks(self) -> Mapping[str, str | None]:
        """The broker and the topics: None, or what is wrong with them."""
        return {"broker": self._away, "topics": self._topics_wrong}

    async def close(self, limit: float) -> None:
        """Flushes what is on its way, for at most that many seconds."""
        if self._producer is not None:
            self._replace(self._producer)
        if self._retired:
            _, late = await asyncio.wait(self._retired, timeout=limit)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _connect(self) -> bool:
        try:
            async with asyncio.timeout(TRY_LIMIT):
                self._producer = await self._started()
        except (KafkaError, OSError, TimeoutError, ValueError) as error:
            return self._found(type(error).__name__)
        metrics.CONNECTIONS.inc()
        self._open.set()
        return await self._look()

    async def _started(self) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            **self._options,
            acks="all",
            enable_idempotence=True,
            max_request_size=self._most_bytes + _FRAME,
            request_timeout_ms=REQUEST_TIMEOUT_MS,
        )
        async with AsyncExitStack() as undo:
            undo.push_async_callback(producer.stop)
            await producer.start()
            undo.pop_all()
        return producer

    async def _look(self) -> bool:
        """Asks for the topics: whether that is answered says how the broker is."""
        assert self._producer is not None
        client = self._producer.client
        for topic in self._topics:
            client.add_topic(topic)
        try:
            async with asyncio.timeout(TRY_LIMIT):
                answered = await client.force_metadata_update()
        except TimeoutError:
            answered = False
        if not answered:
            return self._found("no answer")
        self._topics_wrong = self._wrong_topics(client.cluster)
        return self._found(None) and self._topics_wrong is None

    def _wrong_topics(self, cluster: ClusterMetadata) -> str | None:
        denied = [topic for topic in self._topics if topic in cluster.unauthorized_topics]
        if denied:
            return f"this user may not write to {', '.join(denied)}"
        known = cluster.partitions_for_topic
        missing = [topic for topic in self._topics if known(topic) is None]
        if missing:
            return f"missing: {', '.join(missing)}; create them: python -m inference topics"
        return None

    def _found(self, wrong: str | None) -> bool:
        broker = self._options["bootstrap_servers"]
        away = wrong and (
            f"cannot reach Kafka at {broker} ({wrong}); "
            "is it running, and is KAFKA_BOOTSTRAP_SERVERS right?"
        )
        if bool(away) != bool(self._away) or not self.tried.is_set():
            say = log.warning if away else log.info
            say("broker lost" if away else "broker reached", bootstrap=broker, reason=wrong)
        self._away = away
        return wrong is None

    def _settled(self, producer: AIOKafkaProducer, future: asyncio.Future[Acknowledged]) -> None:
        if not future.cancelled() and future.exception() is not None:
            self._replace(producer)

    def _replace(self, producer: AIOKafkaProducer) -> None:
        """Lets go of it, once for all who saw it fail; it may still owe answers to others."""
        if producer is not self._producer:
            return
        self._producer = None
        self._open.clear()
        self._lost.set()
        task = asyncio.create_task(_stop(producer), name="retired producer")
        self._retired.add(task)
        task.add_done_callback(self._retired.discard)


async def _stop(producer: AIOKafkaProducer) -> None:
    try:
        await producer.stop()
    except (KafkaError, OSError) as error:
        log.info("a retired producer ended badly", error=type(error).__name__)
    finally:
        await producer.client.close()
