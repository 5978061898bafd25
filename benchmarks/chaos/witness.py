"""Watches from outside how far the group has committed, and how far the answers reach."""

import time
from threading import Event

from confluent_kafka import (
    ConsumerGroupTopicPartitions,
    IsolationLevel,
    KafkaException,
    TopicPartition,
)
from confluent_kafka.admin import OffsetSpec  # type: ignore[attr-defined] # it is documented

from benchmarks.chaos.checker import Sighting
from benchmarks.chaos.clients import Names, admin

INTERVAL = 0.5
PATIENCE = 5.0


class Witness:
    """Takes sightings; while the broker is away there are none."""

    def __init__(self, bootstrap: str, names: Names) -> None:
        self._admin = admin(bootstrap)
        self.names = names
        self.sightings: list[Sighting] = []

    def watch(self, over: Event) -> None:
        """Until it is over."""
        while not over.wait(INTERVAL):
            self.look()

    def look(self) -> Sighting | None:
        """One sighting; the commits are asked for first, so that nothing is held against them."""
        names = self.names
        try:
            committed = self._committed()
            ends = self.ends(names.results, names.dead_letters)
        except (KafkaException, TimeoutError):
            return None
        self.sightings.append(Sighting(committed, ends))
        return self.sightings[-1]

    def ends(self, *topics: str) -> dict[tuple[str, int], int]:
        """Where these topics end, for those who read committed records only."""
        asked = {
            TopicPartition(topic, number): OffsetSpec.latest()  # type: ignore[no-untyped-call]
            for topic in topics
            for number in range(self.names.partitions[topic])
        }
        futures = self._admin.list_offsets(
            asked, isolation_level=IsolationLevel.READ_COMMITTED, request_timeout=PATIENCE
        )
        return {(tp.topic, tp.partition): f.result(PATIENCE).offset for tp, f in futures.items()}

    def all_committed(self, limit: float, over: Event) -> bool:
        """Waits until the group has committed everything; False when that took too long."""
        topic = self.names.requests
        end = time.monotonic() + limit
        while time.monotonic() < end and not over.is_set():
            try:
                wanted = {n: offset for (_, n), offset in self.ends(topic).items() if offset}
                if self._committed() == wanted:
                    return True
            except (KafkaException, TimeoutError):
                continue
            over.wait(INTERVAL)
        return False

    def _committed(self) -> dict[int, int]:
        asked = ConsumerGroupTopicPartitions(self.names.group)
        futures = self._admin.list_consumer_group_offsets([asked], request_timeout=PATIENCE)
        stands = futures[self.names.group].result(PATIENCE)
        return {tp.partition: tp.offset for tp in stands.topic_partitions if tp.offset > 0}
