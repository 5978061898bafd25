"""Reports on the status topic, for as long as the process lives; taken back when it leaves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import NoReturn

from aiokafka import AIOKafkaProducer

from inference.kafka import KafkaSettings
from inference.posts.station import Station
from inference.stream.control.listening import places
from inference.stream.control.persistence import persist
from inference.stream.enquiries import REQUEST_MS, UNANSWERED
from inference.stream.topics import let_go

# How long a report, or taking it back, may take.
SEND_LIMIT, LEAVE_LIMIT = 10.0, 1.0


async def report(kafka: KafkaSettings, topic: str, station: Station) -> NoReturn:
    """For ever, and whatever the broker does; cancelled, it says that the process is gone."""
    await persist("reports are not sent right now", topic, partial(_report, kafka, topic, station))


async def _report(kafka: KafkaSettings, topic: str, station: Station) -> None:
    await places(kafka, topic)
    async with sending(kafka) as producer:
        try:
            while True:
                async with asyncio.timeout(SEND_LIMIT):
                    for status in station.statuses():
                        value, key = status.model_dump_json().encode(), status.process.encode()
                        await producer.send_and_wait(topic, value, key)
                await station.due()
        except asyncio.CancelledError:
            await _leave(producer, topic, station)
            raise


async def _leave(producer: AIOKafkaProducer, topic: str, station: Station) -> None:
    with suppress(*UNANSWERED):
        async with asyncio.timeout(LEAVE_LIMIT):
            for name in station.names:
                await producer.send_and_wait(topic, None, name.encode())


@asynccontextmanager
async def sending(kafka: KafkaSettings) -> AsyncIterator[AIOKafkaProducer]:
    """A producer for a record now and then; it needs no right but to write."""
    producer = AIOKafkaProducer(
        **kafka.client_options(),
        request_timeout_ms=REQUEST_MS,
        enable_idempotence=False,
    )
    try:
        await producer.start()
        yield producer
    finally:
        await let_go(producer.stop())
