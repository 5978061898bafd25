"""Watches from outside how far the group has committed, and how far the answers reach."""

import time
from threading import Event

from confluent_kafka import KafkaException, TopicPartition

from benchmarks.chaos.checker import Sighting
from benchmarks.chaos.clients import Names, member

INTERVAL = 0.5
PATIENCE = 5.0


class Witness:
    """Takes sightings; while the broker is away there are none."""

    def __init__(self, bootstrap: str, names: Names) -> None:
        # It never joins. And no admin client: librdkafka's (2.16) ends the process when it is asked
        # for a group's offsets before there is a coordinator, and is fenced off by a restart.
        self._member = member(bootstrap, names.group)
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
        topic, names = self.names.requests, self.names
        asked = [TopicPartition(topic, number) for number in range(names.partitions[topic])]
        found = self._member.committed(asked, timeout=PATIENCE)
        return {tp.partition: tp.offset for tp in found if tp.offset > 0}

    def _ends(self) -> dict[tuple[str, int], int]:
        """Where all topics end."""
        return {
            (topic, number): self._end(TopicPartition(topic, number))
            for topic, count in self.names.partitions.items()
            for number in range(count)
        }

    def _end(self, partition: TopicPartition) -> int:
        offsets = self._member.get_watermark_offsets(partition, timeout=PATIENCE)
        if offsets is None:
            raise TimeoutError
        return offsets[1]
