"""Caches as tests want them, and a store that fails when it is told to."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from computing import CONTRACT, Reversed, Reverser

from inference.cache.opening import open_cache
from inference.cache.settings import CacheSettings
from inference.cache.store import Entry, Held, Totals
from inference.cache.tiers import Cached
from inference.lane import Sameness


def itself(question: bytes) -> bytes:
    """The whole question is its content."""
    return question


@asynccontextmanager
async def opened(ladder: Reverser, **settings: Any) -> AsyncIterator[Cached[bytes, Reversed]]:  # noqa: ANN401 - any setting
    """A cache with these settings, and nothing from the environment."""
    async with open_cache(CacheSettings(**settings), CONTRACT, Sameness(itself), ladder) as cached:
        yield cached


async def settled(cached: Cached[Any, Any]) -> None:
    """Returns when everything is written."""
    for outer in cached.shelves.outer:
        await outer.settled()


class Shelf:
    """A store in memory, with its faults."""

    place, setting, most_bytes = "here", "NOTHING", 1000
    faults: tuple[type[Exception], ...] = (OSError,)

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.reads = self.writes = 0
        self.server: Held | None = None
        self.before: Callable[[], Any] | None = None

    @property
    def totals(self) -> Totals:
        return Totals(len(self.kept), sum(map(len, self.kept.values())))

    async def read(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        self.reads += 1
        await self._trouble()
        return {key: self.kept[key] for key in keys if key in self.kept}

    async def write(self, entries: Sequence[Entry]) -> None:
        self.writes += 1
        await self._trouble()
        self.kept |= {entry.key: entry.value for entry in entries}

    async def held(self) -> Held | None:
        await self._trouble()
        return self.server

    async def clear(self) -> None:
        await self._trouble()
        self.kept.clear()

    async def close(self) -> None:
        self.kept.clear()

    async def _trouble(self) -> None:
        if self.before is not None:
            await self.before()
