"""Hears the control topic, from the moment on in which the process can."""

import asyncio
from functools import partial
from typing import NoReturn

import structlog
from aiokafka import ConsumerRecord
from pydantic import ValidationError

from inference.control import Command
from inference.kafka import KafkaSettings
from inference.posts.station import Station
from inference.stream.control.listening import Bounds, Places, listening
from inference.stream.control.persistence import persist

log = structlog.get_logger(__name__)

LARGEST = 16 * 1024
AT_ONCE = 16


class Heeding:
    """The commands of a process: those that came, and those that are being obeyed."""

    def __init__(self, kafka: KafkaSettings, topic: str, station: Station) -> None:
        self._kafka, self._topic, self._station = kafka, topic, station
        self._next: Places = {}
        self._obeying: set[asyncio.Task[None]] = set()

    async def heed(self) -> NoReturn:
        """For ever, and whatever the broker does."""
        try:
            await persist("commands are not heard right now", self._topic, self._listen)
        finally:
            for task in self._obeying:
                task.cancel()

    async def _listen(self) -> None:
        """From the end, or from where an earlier connection has got to."""
        start = partial(_continued, self._next)
        async with listening(self._kafka, self._topic, start) as (control, _):
            self._station.hearing, self._next = True, control.next
            try:
                while True:
                    for record in await control.more():
                        self._hear(record)
            finally:
                self._station.hearing = False

    def _hear(self, record: "ConsumerRecord[bytes, bytes]") -> None:
        place = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
        command = _understood(record.value)
        if command is None:
            log.warning("a command that is not understood is passed over", **place)
        elif len(self._obeying) >= AT_ONCE:
            log.warning("too many commands at once, this one is passed over", **place)
        else:
            task = asyncio.create_task(self._station.obey(command))
            self._obeying.add(task)
            task.add_done_callback(self._obeying.discard)


def _continued(places: Places, bounds: Bounds) -> Places:
    return {tp: places.get(tp, end) for tp, end in bounds.next.items()}


def _understood(value: bytes | None) -> Command | None:
    if value is None or len(value) > LARGEST:
        return None
    try:
        return Command.model_validate_json(value)
    except ValidationError:
        return None
