"""What a process does to be seen and commanded from outside, beside its work."""

from collections.abc import Coroutine
from functools import partial
from typing import Any

from inference.kafka import KafkaSettings, Topics
from inference.posts.station import Reach, Station
from inference.settings import ControlSettings
from inference.stream.control.heeding import Heeding
from inference.stream.control.reporting import report
from inference.stream.control.telling import tell


def attend(
    kafka: KafkaSettings, topics: Topics, station: Station
) -> tuple[Coroutine[Any, Any, None], ...]:
    """Reporting and heeding, each for ever; neither raises because of the broker."""
    heeding = Heeding(kafka, topics.control_topic, station)
    return report(kafka, topics.status_topic, station), heeding.heed()


def reach(kafka: KafkaSettings, topics: Topics, settings: ControlSettings) -> Reach:
    """The same for a process that lives without Kafka otherwise."""
    return Reach(
        partial(attend, kafka, topics),
        partial(tell, kafka, topics.control_topic),
        settings.status_interval,
    )
