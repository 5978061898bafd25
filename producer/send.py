"""Sends items to a lane, several at once, and says at the end what could not be sent and why."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, NamedTuple

from inference.contract import Content, Contract
from producer.event import Label, Written
from producer.failures import Unacknowledged, Unpublished, Unsent
from producer.intake import Intake
from producer.sources import Item
from producer.window import Window

MIB = 1024 * 1024
GIVEN_UP = "not tried: the broker was gone before its turn"


class Failure(NamedTuple):
    """An item that is not known to be on Kafka, and why."""

    name: str
    why: str


@dataclass(frozen=True)
class Way:
    """How items are sent: as whom, under which keys, at most how many a second."""

    source: str
    key: str = "name"
    rate: float | None = None

    def label(self, name: str) -> Label:
        """What is said about an item: its key is a fixed text, its file's name, or nothing."""
        keys = {"name": PurePath(name).name, "none": None}
        return Label(self.source, key=keys.get(self.key, self.key))


@dataclass
class Sending:
    """One run of `send`; `on_end` hears of each item, with where it was written or None."""

    intake: Intake
    contract: Contract[Any, Any]
    way: Way
    on_end: Callable[[str, Written | None], None]
    window: Window = field(default_factory=lambda: Window(1000, 32 * MIB))
    failures: list[Failure] = field(default_factory=list)
    _gone: bool = False

    async def send(self, items: Iterable[Item]) -> list[Failure]:
        """Returns when the broker has everything, with what it has not."""
        began = asyncio.get_running_loop().time()
        async with asyncio.TaskGroup() as group:
            for number, item in enumerate(items):
                if self.way.rate is not None and not self._gone:
                    await _until(began + number / self.way.rate)
                content = await self._read(item)
                if content is not None:
                    await self.window.enter(len(content.data))
                    group.create_task(self._take(item.name, content))
        return self.failures

    async def _read(self, item: Item) -> Content | None:
        if self._gone:
            self._failed(item.name, GIVEN_UP)
            return None
        try:
            return await asyncio.to_thread(item.read, self.contract.max_bytes)
        except OSError as error:
            self._failed(item.name, f"cannot be read: {error.strerror}")
            return None

    async def _take(self, name: str, content: Content) -> None:
        try:
            written = await self.intake.take(self.contract, content, self.way.label(name))
        except Unpublished as failure:
            # Once the broker is away, the rest would each wait out its own time limit.
            self._gone = self._gone or isinstance(failure, Unsent | Unacknowledged)
            self._failed(name, str(failure))
        else:
            self.on_end(name, written)
        finally:
            await self.window.leave(len(content.data))

    def _failed(self, name: str, why: str) -> None:
        self.failures.append(Failure(name, why))
        self.on_end(name, None)


async def _until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - asyncio.get_running_loop().time()))
