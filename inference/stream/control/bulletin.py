"""The latest report of every process, as the status topic has it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import ValidationError

from inference.control import Status
from inference.kafka import KafkaSettings
from inference.stream.control.listening import Bounds, Listening, listening


class Bulletin:
    """What was read so far."""

    def __init__(self, topic: Listening, bounds: Bounds) -> None:
        self._topic, self._bounds = topic, bounds
        self._latest: dict[bytes, bytes] = {}

    async def catch_up(self) -> None:
        """Reads everything that was there when it was opened."""
        while not await self._topic.reached(self._bounds.next):
            await self.more()

    async def more(self) -> None:
        """Reads what comes next, if it comes soon."""
        for record in await self._topic.more():
            if record.key is None:
                continue
            if record.value is None:
                self._latest.pop(record.key, None)
            else:
                self._latest[record.key] = record.value

    def statuses(self) -> list[Status]:
        """By lane and process; what is no report is left out."""
        found = [status for value in self._latest.values() if (status := _understood(value))]
        return sorted(found, key=lambda status: (status.lane, status.program, status.process))


@asynccontextmanager
async def bulletin(kafka: KafkaSettings, topic: str) -> AsyncIterator[Bulletin]:
    """Open and caught up; raises what a broker may do to one."""
    async with listening(kafka, topic, lambda bounds: bounds.first) as (found, bounds):
        read = Bulletin(found, bounds)
        await read.catch_up()
        yield read


def _understood(value: bytes) -> Status | None:
    try:
        return Status.model_validate_json(value)
    except ValidationError:
        return None
