"""A tier outside the process: its failures read as misses, its writes happen in the background."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

from inference import metrics
from inference.breaker import State
from inference.cache.attempts import Attempts
from inference.cache.store import Entry, Limits, Store
from inference.cache.weighing import Weighing
from inference.contract import Tier

WRITTEN_AT_ONCE = 256
QUEUE_BYTES = 8 * 1024 * 1024
# An operator asked and waits; a large Redis takes its time to be looked through.
CLEARING = 30.0
# What a process spends on trying a tier when it begins, and on the last writes when it ends.
MOMENT = 1.0


class Outer:
    """Reads at once, writes later, and never fails anybody."""

    def __init__(self, lane: str, tier: Tier, store: Store, limits: Limits) -> None:
        self.tier, self.store, self.dropped = tier, store, 0
        self.weighing = Weighing(lane, tier, store)
        self._labels = (lane, tier)
        failing: set[str] = set()
        self._reading = Attempts(store, "read", (limits.read, limits.pause), failing)
        self._writing = Attempts(store, "write", (limits.write, limits.pause), failing)
        self._clearing = Attempts(store, "clear", (CLEARING, 0.0), set())
        self._opening = Attempts(store, "read", (MOMENT, 0.0), failing)
        self._queue: deque[Entry] = deque()
        self._queued = 0
        self._wanted, self._idle, self._turn = asyncio.Event(), asyncio.Event(), asyncio.Lock()
        self._idle.set()

    @property
    def available(self) -> bool:
        """Whether it is asked, as far as is known."""
        return self._reading.state is State.CLOSED

    async def find(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        """What lies there under these keys."""
        return await self._reading.made(lambda: self.store.read(keys)) or {}

    def keep(self, entries: Iterable[Entry]) -> None:
        """Write them soon; where more waits to be written than there is room for, drop them."""
        for entry in entries:
            size = len(entry.key) + len(entry.value)
            if self._queued + size > QUEUE_BYTES:
                self._drop(1)
                continue
            self._queue.append(entry)
            self._queued += size
            self._idle.clear()
            self._wanted.set()

    async def settled(self) -> None:
        """Returns when nothing waits to be written."""
        await self._idle.wait()

    async def clear(self) -> bool:
        """Forget everything, what waits to be written too; tells whether that worked."""
        self._forget_queue()
        async with self._turn:
            return await self._clearing.made(self._cleared) or False

    async def _cleared(self) -> bool:
        await self.store.clear()
        return True

    async def _write(self) -> None:
        while True:
            await self._wanted.wait()
            async with self._turn:
                await self._write_some()
            if not self._queue:
                self._wanted.clear()
                self._idle.set()

    async def _write_some(self) -> None:
        count = min(len(self._queue), WRITTEN_AT_ONCE)
        taken = [self._queue.popleft() for _ in range(count)]
        self._queued -= sum(len(entry.key) + len(entry.value) for entry in taken)

        async def call() -> bool:
            await self.store.write(taken)
            return True

        if taken and not await self._writing.made(call):
            self._drop(len(taken))

    def _drop(self, count: int) -> None:
        self.dropped += count
        metrics.CACHE_DROPPED.labels(*self._labels).inc(count)

    def _forget_queue(self) -> None:
        self._queue.clear()
        self._queued = 0

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["Outer"]:
        """Writes for as long as the block runs; at its end, what waits gets a moment."""
        # A tier that is away says so at the start, and the first batch finds an open connection.
        began = time.monotonic()
        await self._opening.made(lambda: self.store.read([""]))
        if time.monotonic() - began >= MOMENT:
            self._reading.rest()  # it hangs: the first batches need not find that out again
        working = [asyncio.create_task(w) for w in (self._write(), self.weighing.weigh())]
        try:
            yield self
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(MOMENT):
                    await self.settled()
            await _ended(working)
            with suppress(TimeoutError, *self.store.faults):
                async with asyncio.timeout(MOMENT):
                    await self.store.close()


async def _ended(tasks: Iterable["asyncio.Task[None]"]) -> None:
    """Told again and again: on Python 3.11 a client's `wait_for` may swallow a cancellation."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=MOMENT)
