"""Lag as the broker sees it, asked by a task of its own: right while all else hangs."""

import asyncio
import time
from collections.abc import Callable

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from inference import metrics
from inference.control import Lag
from inference.stream.flight import Flight
from inference.stream.offsets import Offsets

log = structlog.get_logger(__name__)

INTERVAL = 2.0
LIMIT = 8.0

Tell = Callable[[Lag | None, str | None], None]


async def measure_lag(
    lane: str, consumer: AIOKafkaConsumer, offsets: Offsets, flight: Flight, tell: Tell
) -> None:
    """For ever: end less committed offset of all that is ours; tells that, or of a silence."""
    while True:
        metrics.INFLIGHT_BYTES.labels(lane).set(flight.bytes)
        try:
            async with asyncio.timeout(LIMIT):
                lag = await _measure(lane, consumer, offsets, flight)
        except (KafkaError, TimeoutError, OSError) as error:
            log.warning("lag is not known right now", error=type(error).__name__)
            tell(None, f"it does not say how far our partitions are ({type(error).__name__})")
        else:
            tell(lag, _missing(consumer))
        await asyncio.sleep(INTERVAL)


async def _measure(lane: str, consumer: AIOKafkaConsumer, offsets: Offsets, flight: Flight) -> Lag:
    assignment = flight.assignment
    # What nothing was read from yet, as behind a closed gate, has a lag as well.
    unsettled = set(assignment.unsettled)
    stands = await offsets.read(unsettled) if unsettled else {}
    stands |= {tp: part.written for tp, part in assignment.parts.items()}
    ends = await consumer.end_offsets(list(stands)) if stands else {}
    metrics.LAG.clear()
    records = 0
    for tp, (committed, _) in stands.items():
        waiting = max(0, ends[tp] - committed)
        metrics.LAG.labels(lane, tp.topic, str(tp.partition)).set(waiting)
        records += waiting
    oldest = flight.oldest_timestamp()
    seconds = 0 if oldest is None else time.time() - oldest / 1000
    metrics.LAG_SECONDS.labels(lane).set(seconds)
    return Lag(records=records, seconds=seconds)


def _missing(consumer: AIOKafkaConsumer) -> str | None:
    gone = [t for t in sorted(consumer.subscription()) if not consumer.partitions_for_topic(t)]
    return f"topic {', '.join(gone)} is gone" if gone else None
