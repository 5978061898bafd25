"""What memory, disk and Redis have in common, tried on each of them."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import pytest

from inference.cache.disk import Disk
from inference.cache.memory import Memory
from inference.cache.shared import Shared
from inference.cache.store import Entry, Store, Totals
from inference.redis import connected
from redis_server import RedisServer

HOUR = 3600.0
KINDS = ["memory", "disk", "redis"]


class MemoryStore:
    """Memory as the suite asks for it."""

    place, setting, most_bytes = "memory", "MODEL_CACHE_SIZE", 1_000_000
    faults: tuple[type[Exception], ...] = ()

    def __init__(self) -> None:
        self._memory: Memory[bytes] = Memory(1000, self.most_bytes)

    @property
    def totals(self) -> Totals:
        return self._memory.totals

    async def read(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        found = {key: self._memory.get(key) for key in keys}
        return {key: value for key, value in found.items() if value is not None}

    async def write(self, entries: Sequence[Entry]) -> None:
        for key, value, ttl in entries:
            self._memory.put(key, value, len(value), ttl)

    async def clear(self) -> None:
        self._memory.clear()

    async def held(self) -> None:
        """There is no server."""

    async def close(self) -> None:
        self._memory.clear()


def made(kind: str, request: pytest.FixtureRequest, lane: str = "a lane") -> Store:
    if kind == "memory":
        return MemoryStore()
    if kind == "disk":
        folder: Path = request.getfixturevalue("tmp_path")
        return Disk(folder, lane, 1_000_000)
    server: RedisServer = request.getfixturevalue("redis_server")
    return Shared(connected(server.url, 1.0), lane)


@pytest.fixture(params=KINDS)
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    opened = made(request.param, request)
    yield opened
    await opened.close()


async def test_what_was_written_is_read_and_nothing_else(store: Store) -> None:
    await store.write([Entry("a", b"1", HOUR), Entry("b", b"\x00\xff", HOUR)])
    assert await store.read(["b", "missing", "a"]) == {"a": b"1", "b": b"\x00\xff"}


async def test_an_empty_one_has_nothing(store: Store) -> None:
    assert await store.read(["a", "b"]) == {}


async def test_the_last_that_was_written_counts(store: Store) -> None:
    await store.write([Entry("a", b"old", HOUR)])
    await store.write([Entry("a", b"newer", HOUR), Entry("a", b"newest", HOUR)])
    assert await store.read(["a"]) == {"a": b"newest"}
    assert store.totals is None or store.totals.entries == 1


async def test_what_is_too_old_is_not_read(store: Store) -> None:
    await store.write([Entry("short", b"1", 0.02), Entry("long", b"2", HOUR)])
    async with asyncio.timeout(5):
        while "short" in await store.read(["short", "long"]):
            await asyncio.sleep(0.005)
    assert await store.read(["short", "long"]) == {"long": b"2"}


async def test_cleared_it_has_nothing_and_takes_new_ones(store: Store) -> None:
    await store.write([Entry(f"{number}", b"1", HOUR) for number in range(300)])
    await store.clear()
    assert await store.read(["1", "299"]) == {}
    await store.write([Entry("1", b"2", HOUR)])
    assert await store.read(["1", "299"]) == {"1": b"2"}


async def test_a_large_batch_is_one_call(store: Store) -> None:
    keys = [f"{number:064x}" for number in range(3000)]
    await store.write([Entry(key, key.encode(), HOUR) for key in keys[:900]])
    assert len(await store.read(keys)) == 900


@pytest.mark.parametrize("kind", ["disk", "redis"])
async def test_clearing_one_lane_leaves_the_others(
    kind: str, request: pytest.FixtureRequest
) -> None:
    one, other = made(kind, request, "a[b]*"), made(kind, request, "a[b]*/../x")
    for store in (one, other):
        await store.write([Entry("k", store.place.encode(), HOUR)])
    await one.clear()
    assert await one.read(["k"]) == {}
    assert await other.read(["k"]) == {"k": other.place.encode()}
    await one.close()
    await other.close()
