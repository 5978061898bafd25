"""Answers in this process: least recently used leave first, old ones are not given out."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from inference.cache.store import Totals

V = TypeVar("V")


class Entry(NamedTuple, Generic[V]):
    """What is kept, what it weighs, and when it is too old."""

    value: V
    size: int
    expires: float


class Memory(Generic[V]):
    """Holds so many entries and so many bytes at most; only ever used from the event loop."""

    def __init__(
        self, most: int, most_bytes: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.most, self.most_bytes, self._clock = most, most_bytes, clock
        self._bytes = 0
        self._entries: OrderedDict[str, Entry[V]] = OrderedDict()

    @property
    def totals(self) -> Totals:
        """How full it is, with too old ones that nobody has asked for."""
        return Totals(len(self._entries), self._bytes)

    def get(self, key: str) -> V | None:
        """What is kept under a key, unless it is too old."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        if entry.expires <= self._clock():
            self._remove(key)
            return None
        self._entries.move_to_end(key)
        return entry.value

    def put(self, key: str, value: V, size: int, ttl: float) -> None:
        """Keep a value for so many seconds, unless it is larger than all there is room for."""
        self._remove(key)
        if size > self.most_bytes or self.most < 1 or ttl <= 0:
            return
        self._entries[key] = Entry(value, size, self._clock() + ttl)
        self._bytes += size
        while len(self._entries) > self.most or self._bytes > self.most_bytes:
            _, oldest = self._entries.popitem(last=False)
            self._bytes -= oldest.size

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self._bytes = 0

    def _remove(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._bytes -= entry.size
