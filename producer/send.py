"""Sends items to a lane, several at once, and says at the end what could not be sent and why."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, NamedTuple

from inference.contract import Content, Contract
from producer.event import Label, Written
from producer.failures import Unacknowledged, Unfit, Unpublished, Unsent
from producer.intake import Intake
from producer.sources import Item
from producer.window import Window

MIB = 1024 * 1024
GIVEN_UP = "not tried: the broker was gone before its turn"


class Failure(NamedTuple):
    """An item that is not known to be on Kafka, and why; `again`: another time it may be taken."""

    name: str
    why: str
    again: bool = False


@dataclass(frozen=True)
class Way:
    """How items are sent: as whom, under which keys, at most how many a second."""

    source: str
    key: str = "name"
    rate: float | None = None

    def label(self, item: Item, content: Content) -> Label:
        """What is said about an item: its key is a fixed text, its id or name, or nothing."""
        own = None if item.id is None else item.id(content)
        keys = {"name": own or PurePath(item.name).name, "none": None}
        return Label(self.source, own, keys.get(self.key, self.key))


@dataclass
class Sending:
    """One run of `send`; `on_end` hears of each item, with where it was written or None."""

    intake: Intake
    contract: Contract[Any, Any]
    way: Way
    on_end: Callable[[str, Written | None], None]
    window: Window = field(default_factory=lambda: Window(1000, 32 * MIB))
    failures: list[Failure] = field(default_factory=list)
    tried: int = 0
    _gone: bool = False

    async def send(self, items: Iterable[Item]) -> list[Failure]:
        """Returns when the broker has everything, with what it has not."""
        began = asyncio.get_running_loop().time()
        async with asyncio.TaskGroup() as group:
            for number, item in enumerate(items):
                self.tried += 1
                if self.way.rate is not None and not self._gone:
                    await _until(began + number / self.way.rate)
                content = await self._read(item)
                if content is not None:
                    await self.window.enter(len(content.data))
                    group.create_task(self._take(item, content))
        return self.failures

    async def _read(self, item: Item) -> Content | None:
        if self._gone:
            self._failed(item.name, GIVEN_UP, again=True)
            return None
        try:
            return await asyncio.to_thread(item.read, self.contract.max_bytes)
        except OSError as error:
            self._failed(item.name, f"cannot be read: {error.strerror}")
            return None

    async def _take(self, item: Item, content: Content) -> None:
        try:
            label = self.way.label(item, content)
            written = await self.intake.take(self.contract, content, label)
        except Unpublished as failure:
            # Once the broker is away, the rest would each wait out its own time limit.
            self._gone = self._gone or isinstance(failure, Unsent | Unacknowledged)
            self._failed(item.name, str(failure), again=not isinstance(failure, Unfit))
        else:
            self.on_end(item.name, written)
        finally:
            await self.window.leave(len(content.data))

    def _failed(self, name: str, why: str, *, again: bool = False) -> None:
        self.failures.append(Failure(name, why, again))
        self.on_end(name, None)


async def _until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - asyncio.get_running_loop().time()))
