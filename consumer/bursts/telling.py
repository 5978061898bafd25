"""Publishes bursts as CloudEvents, each on the topic of its lane."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

import structlog
from sqlalchemy import RowMapping

from consumer import connection
from consumer.bursts.changes import Watched
from consumer.replay import Original
from consumer.republishing import republishing
from consumer.store import bursts
from consumer.store.store import Store
from inference import cloudevents
from inference.kafka import KafkaSettings, Topics

MAKE = "python -m inference topics"

log = structlog.get_logger(__name__)


class Teller(NamedTuple):
    """Tells what was noted, each burst once; after a crash perhaps twice, with the same id."""

    kafka: KafkaSettings
    topics: Topics
    store: Store
    watched: Mapping[str, Watched]

    async def tell(self, now: int) -> None:
        """Publish what nobody has published; what cannot be now is left for the next time."""
        rows = await self.store.change(partial(bursts.claim, lanes=self.watched, now=now))
        if not rows:
            return
        told: list[str] = []
        try:
            told = await self._publish(rows)
        finally:
            untold = [row["id"] for row in rows if row["id"] not in told]
            await self.store.change(partial(bursts.settle, told=told, untold=untold, now=now))

    async def _publish(self, rows: Sequence[RowMapping]) -> list[str]:
        async with connection.admin(self.kafka) as admin:
            there = await connection.partitions(admin)
        records = {row["id"]: self._record(row) for row in rows}
        ready = {identity: one for identity, one in records.items() if one.topic in there}
        self._miss({one.topic for one in records.values()} - there.keys())
        async with republishing(self.kafka) as publisher:
            faults = await publisher.publish(list(ready.values()), {})
        return [identity for identity, fault in zip(ready, faults, strict=True) if fault is None]

    def _miss(self, topics: set[str]) -> None:
        for topic in topics:
            log.warning("bursts wait for their topic", topic=topic, run=MAKE)

    def _record(self, row: RowMapping) -> Original:
        seen = self.watched[row["lane"]]
        topic = self.topics.bursts(seen.lane, seen.rule.topic)
        return Original(topic, 0, row["key"].encode(), row["document"].encode(), _headers(row))


def _headers(row: RowMapping) -> list[tuple[str, bytes | None]]:
    lane = row["lane"]
    texts = {
        "ce_specversion": "1.0",
        "ce_id": row["id"],
        "ce_source": f"/penstock/{lane}",
        "ce_type": f"penstock.{lane}.burst.v1",
        "ce_time": cloudevents.written_time(row["first"]),
        "content-type": "application/json",
    }
    return [(name, text.encode()) for name, text in texts.items()]
