"""What the metrics say of records that were published."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence

import structlog

from inference import metrics
from inference.contract import Departure, Destination

log = structlog.get_logger(__name__)


def observe(
    lane: str, taken: float, departures: Sequence[Departure], stages: Mapping[str, float]
) -> None:
    """Counts its records and notes its times."""
    now = time.time()
    metrics.BATCH_SIZE.labels(lane).observe(len(departures))
    metrics.DURATION.labels(lane).observe(now - taken)
    for stage, seconds in stages.items():
        metrics.STAGE.labels(lane, stage).observe(seconds)
    metrics.LAST_SUCCESS.labels(lane).set(now)
    _count(lane, departures)
    _tell(lane, departures)
    _end_to_end(lane, now, departures)


def _count(lane: str, departures: Sequence[Departure]) -> None:
    metrics.REQUESTS.labels(lane).inc(len(departures))
    reasons = Counter(d.reason for d in departures if d.destination is Destination.DEAD_LETTERS)
    metrics.SUCCESS.labels(lane).inc(len(departures) - reasons.total())
    for reason, count in reasons.items():
        metrics.DEAD_LETTERS.labels(lane, reason).inc(count)


def _tell(lane: str, departures: Sequence[Departure]) -> None:
    """A line for every record without an answer: its id and place, never what is in it."""
    for departure in departures:
        if departure.destination is Destination.DEAD_LETTERS:
            arrival, headers = departure.arrival, dict(departure.headers)
            log.warning(
                "dead letter",
                lane=lane,
                reason=departure.reason,
                stage=(headers.get("dlq.stage") or b"").decode(),
                ce_id=(headers.get("dlq.id") or b"").decode(),
                topic=arrival.topic,
                partition=arrival.partition,
                offset=arrival.offset,
                trace=(headers.get("traceparent") or b"").decode("ascii", "replace"),
            )


def _end_to_end(lane: str, now: float, departures: Sequence[Departure]) -> None:
    times = (departure.arrival.timestamp for departure in departures)
    ages = (max(0.0, now - written / 1000) for written in times if written > 0)
    metrics.END_TO_END.observe(lane, ages)
