"""In which order things are looked at; what rests on something that failed is left out."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from pydantic_settings import BaseSettings

from inference.doctor.connection import look_at_connection
from inference.doctor.control import look_at_control
from inference.doctor.finding import Finding, Verdict, within
from inference.doctor.group import look_at_group
from inference.doctor.models import OPEN_LIMIT, look_at_lane
from inference.doctor.places import look_at_topics
from inference.doctor.resolved import look_at_names
from inference.kafka import KafkaSettings, Topics
from inference.opening import named
from inference.settings import ReaderSettings, WorkerSettings

# Connecting to several silent brokers takes longer than a single answer.
CONNECTION_LIMIT = 30.0
GROUP_LIMIT = 30.0


@dataclass(frozen=True)
class Settings:
    """Everything that a worker would be given."""

    kafka: KafkaSettings
    topics: Topics
    reader: ReaderSettings
    worker: WorkerSettings
    others: tuple[BaseSettings, ...]

    @property
    def everything(self) -> tuple[BaseSettings, ...]:
        """All of it."""
        return (self.kafka, self.topics, self.reader, self.worker, *self.others)


async def examine(lanes: Sequence[str], settings: Settings) -> AsyncIterator[Finding]:
    """One finding after the other, each within its time."""
    for finding in look_at_names(settings.everything):
        yield finding
    connected = True
    for finding in await within("broker", look_at_connection(settings.kafka), CONNECTION_LIMIT):
        connected = connected and finding.verdict is not Verdict.FAIL
        yield finding
    if connected:
        async for finding in _examine_kafka(lanes, settings):
            yield finding
    for lane in lanes:
        for finding in await within(f"lane {lane}", look_at_lane(lane), 2 * OPEN_LIMIT):
            yield finding


async def _examine_kafka(lanes: Sequence[str], settings: Settings) -> AsyncIterator[Finding]:
    name = settings.worker.lane_name
    contracts = [named(lane, name, settings.topics).contract for lane in lanes]
    for finding in await within(
        "topics", look_at_topics(settings.kafka, settings.topics, contracts)
    ):
        yield finding
    looking = look_at_control(settings.kafka, settings.topics)
    for finding in await within("reports and commands", looking):
        yield finding
    for contract in contracts:
        topic = settings.topics.requests(contract.lane)
        group = settings.reader.group or f"penstock.{contract.lane}"
        looking = look_at_group(settings.kafka, topic, group)
        for finding in await within(f"group {group}", looking, GROUP_LIMIT):
            yield finding
