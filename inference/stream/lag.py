"""Lag as the broker sees it, asked by a task of its own: right while all else hangs."""

import asyncio
import time

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from inference import metrics
from inference.stream.flight import Flight

log = structlog.get_logger(__name__)

INTERVAL = 5.0


async def measure_lag(lane: str, consumer: AIOKafkaConsumer, flight: Flight) -> None:
    """For ever: end offset less committed offset of every partition that is ours."""
    while True:
        metrics.INFLIGHT_BYTES.labels(lane).set(flight.bytes)
        try:
            async with asyncio.timeout(INTERVAL * 2):
                await _measure(lane, consumer, flight)
        except (KafkaError, TimeoutError, OSError) as error:
            log.warning("lag is not known right now", error=type(error).__name__)
        await asyncio.sleep(INTERVAL)


async def _measure(lane: str, consumer: AIOKafkaConsumer, flight: Flight) -> None:
    parts = dict(flight.assignment.parts)
    ends = await consumer.end_offsets(list(parts)) if parts else {}
    metrics.LAG.clear()
    for tp, part in parts.items():
        lag = max(0, ends[tp] - part.written[0])
        metrics.LAG.labels(lane, tp.topic, str(tp.partition)).set(lag)
    oldest = flight.oldest_timestamp()
    metrics.LAG_SECONDS.labels(lane).set(0 if oldest is None else time.time() - oldest / 1000)
