"""Sends the records of a run at their pace, and keeps a ledger of what was acknowledged."""

import time
from collections.abc import Callable
from threading import Event
from typing import Any

from confluent_kafka import KafkaError

from benchmarks.chaos.checker import Asked, Identity, Place
from benchmarks.chaos.clients import Names, producer
from benchmarks.chaos.traffic import Record, Traffic

TICK = 0.02
FLUSH_LIMIT = 120.0
# A part of the records is there at once, so that there are full batches as well as small ones.
BACKLOG = 0.3

Acknowledged = Callable[[KafkaError | None, Any], None]


class Ledger:
    """What was sent, and what the broker has acknowledged of it."""

    def __init__(self, topic: str) -> None:
        self.asked: list[Asked] = []
        self._topic = topic
        self._open: dict[int, Record] = {}

    @property
    def doubtful(self) -> frozenset[Identity]:
        """Those with an id of their own of which nobody knows whether the broker has them."""
        return frozenset(r.identity for r in self._open.values() if r.identity is not None)

    def acknowledgement(self, number: int, record: Record, sent_at: int) -> Acknowledged:
        """What to call once it is known what became of a record."""
        self._open[number] = record

        def acknowledge(error: KafkaError | None, message: Any) -> None:  # noqa: ANN401 - see _asked
            if error is None:
                self.asked.append(self._asked(self._open.pop(number), sent_at, message))

        return acknowledge

    def _asked(
        self,
        record: Record,
        sent_at: int,  # what the message itself says is wrong where it had to be sent twice
        message: Any,  # noqa: ANN401 - its types allow None
    ) -> Asked:
        place = Place(message.partition(), message.offset())
        derived = f"{place.partition}-{place.offset}-{sent_at}"
        identity = record.identity or (f"/kafka/{self._topic}", derived)
        return Asked(identity, place, record.key, record.value, record.outcome)


def send(bootstrap: str, names: Names, traffic: Traffic, seconds: float, over: Event) -> Ledger:
    """Returns when everything is acknowledged, or the run is over before that."""
    ledger = Ledger(names.requests)
    client = producer(bootstrap)
    started = time.monotonic()
    for number, record in enumerate(traffic):
        due = started + _due(number / traffic.records) * seconds
        while (wait := due - time.monotonic()) > 0 and not over.is_set():
            client.poll(min(wait, TICK))
        if over.is_set():
            break
        sent_at = time.time_ns() // 1_000_000
        client.produce(
            names.requests,
            record.value,
            record.key,
            record.partition,
            on_delivery=ledger.acknowledgement(number, record, sent_at),
            timestamp=sent_at,
            headers=record.headers,
        )
        client.poll(0)
    end = time.monotonic() + FLUSH_LIMIT
    while client.flush(1) and time.monotonic() < end and not over.is_set():
        pass
    return ledger


def _due(part: float) -> float:
    """When a part of the records is to be sent, as a part of the time."""
    return max(0.0, part - BACKLOG) / (1 - BACKLOG)
