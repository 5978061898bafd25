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

    def look(self) -> None:
        """One sighting; the commits are asked for first, so that nothing is held against them."""
        try:
            self.sightings.append(Sighting(self._committed(), self._ends()))
        except (KafkaException, TimeoutError):
            return

    def all_committed(self, limit: float, over: Event) -> bool:
        """Waits until the group has committed every record that is there by now; False if late."""
        end = time.monotonic() + limit
        seen = len(self.sightings) + 1  # what is looked at right now may be older
        while time.monotonic() < end and not over.wait(INTERVAL):
            if any(map(self._is_at_the_end, self.sightings[seen:])):
                return True
        return False

    def _is_at_the_end(self, sighting: Sighting) -> bool:
        asked = {
            n: end for (topic, n), end in sighting.ends.items() if topic == self.names.requests
        }
        return sighting.committed == {number: end for number, end in asked.items() if end}

    def _committed(self) -> dict[int, int]:
        asked = ConsumerGroupTopicPartitions(self.names.group)
        futures = self._admin.list_consumer_group_offsets([asked], request_timeout=PATIENCE)
        stands = futures[self.names.group].result(2 * PATIENCE)
        return {tp.partition: tp.offset for tp in stands.topic_partitions if tp.offset > 0}

    def _ends(self) -> dict[tuple[str, int], int]:
        """Where all topics end, for those who read committed records only."""
        asked = {
            TopicPartition(topic, number): OffsetSpec.latest()  # type: ignore[no-untyped-call]
            for topic, count in self.names.partitions.items()
            for number in range(count)
        }
        futures = self._admin.list_offsets(
            asked, isolation_level=IsolationLevel.READ_COMMITTED, request_timeout=PATIENCE
        )
        found = {(tp.topic, tp.partition): future for tp, future in futures.items()}
        return {place: future.result(2 * PATIENCE).offset for place, future in found.items()}
