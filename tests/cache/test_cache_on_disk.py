import asyncio
import resource
import sqlite3
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from inference.cache import table
from inference.cache.disk import Disk
from inference.cache.store import Entry

HOUR = 3600.0


def entries(first: int, count: int, size: int = 1000) -> list[Entry]:
    return [Entry(f"{n:064x}", bytes(size), HOUR) for n in range(first, first + count)]


@pytest.fixture
async def disk(tmp_path: Path) -> AsyncIterator[Disk]:
    disk = Disk(tmp_path / "new" / "folder", "lane", 100_000)
    yield disk
    with suppress(RuntimeError):  # a test may have closed it
        await disk.close()


async def again(disk: Disk) -> Disk:
    """The same file after a restart."""
    await disk.close()
    return Disk(disk.path.parent, "lane", disk.most_bytes)


async def test_answers_survive_a_restart(disk: Disk) -> None:
    await disk.write(entries(0, 3))
    later = await again(disk)
    assert len(await later.read([entry.key for entry in entries(0, 5)])) == 3
    assert later.totals == (3, 3 * (1000 + table.OVERHEAD))
    await later.close()


async def test_nobody_else_may_read_it(disk: Disk) -> None:
    await disk.write(entries(0, 1))
    for path in (disk.path.parent, *disk.path.parent.iterdir()):
        assert path.stat().st_mode & 0o077 == 0


async def test_it_stays_within_its_bytes_and_so_does_the_file(disk: Disk) -> None:
    for batch in range(60):
        await disk.write(entries(batch * 20, 20))
        assert disk.totals.bytes <= disk.most_bytes
    assert disk.totals.entries == 80
    await disk.close()
    assert disk.path.stat().st_size < 2 * disk.most_bytes


async def test_what_was_used_longest_ago_makes_room(disk: Disk) -> None:
    old, new = entries(0, 40), entries(40, 60)
    await disk.write(old)
    used = [entry.key for entry in old[:10]]
    await disk.read(used)
    await disk.write(new)
    left = await disk.read([entry.key for entry in old])
    assert set(used) <= set(left)
    assert len(left) == 20


async def test_what_is_larger_than_all_there_is_room_for_is_not_kept(disk: Disk) -> None:
    await disk.write([*entries(0, 2), Entry("large", bytes(200_000), HOUR)])
    assert "large" not in await disk.read(["large"])
    assert disk.totals.bytes <= disk.most_bytes


async def test_expired_answers_leave_the_file(disk: Disk) -> None:
    await disk.write([Entry("short", bytes(1000), 0.001)])
    async with asyncio.timeout(5):
        while await disk.read(["short"]):
            await asyncio.sleep(0.001)
    await disk.write(entries(0, 1))
    assert disk.totals.entries == 1


async def test_clearing_gives_the_room_back(disk: Disk) -> None:
    await disk.write(entries(0, 70))
    await disk.clear()
    assert disk.totals == (0, 0)
    assert disk.path.stat().st_size < 50_000


async def test_processes_may_share_a_file(disk: Disk) -> None:
    await disk.write(entries(0, 10))
    other = Disk(disk.path.parent, "lane", disk.most_bytes)
    await asyncio.gather(
        *(one.write(entries(10 + 10 * n, 10)) for n, one in [(0, other), (1, disk)])
    )
    assert max(disk.totals.entries, other.totals.entries) == 30
    assert len(await other.read([entry.key for entry in entries(0, 30)])) == 30
    await other.close()


async def test_a_file_that_is_no_database_is_set_aside(disk: Disk) -> None:
    disk.path.parent.mkdir(parents=True)
    disk.path.write_bytes(b"something else entirely" * 1000)
    with pytest.raises(sqlite3.DatabaseError):
        await disk.read(["a"])
    await disk.write(entries(0, 1))
    assert len(await disk.read([entries(0, 1)[0].key])) == 1
    assert disk.path.with_suffix(".damaged").read_bytes()[:9] == b"something"


async def test_a_value_of_which_a_byte_has_changed_is_not_read(disk: Disk) -> None:
    await disk.write([Entry("a", b"the answer", HOUR), Entry("b", b"another", HOUR)])
    with sqlite3.connect(disk.path) as connection:
        connection.execute("UPDATE answers SET value = ? WHERE key = 'a'", (b"the enswer",))
    connection.close()
    assert await disk.read(["a", "b"]) == {"b": b"another"}


async def test_a_file_torn_in_its_middle_is_begun_anew_and_never_lies(disk: Disk) -> None:
    await disk.write(entries(0, 70))
    await disk.close()
    whole = bytearray(disk.path.read_bytes())
    whole[4096:] = b"\xa5" * (len(whole) - 4096)
    disk.path.write_bytes(whole)
    later = Disk(disk.path.parent, "lane", disk.most_bytes)
    with pytest.raises(sqlite3.DatabaseError):
        await later.read([entries(0, 1)[0].key])
    await later.write(entries(0, 2))
    assert later.totals.entries == 2
    await later.close()


async def test_a_file_that_somebody_deleted_is_begun_anew(disk: Disk) -> None:
    await disk.write(entries(0, 1))
    for path in disk.path.parent.iterdir():
        path.unlink()
    await disk.write(entries(1, 1))
    assert disk.path.exists()
    assert disk.totals.entries == 1


async def test_a_folder_that_cannot_be_made_is_a_fault_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    disk = Disk(tmp_path / "file" / "folder", "lane", 1000)
    with pytest.raises(disk.faults):
        await disk.read(["a"])
    await disk.close()


async def test_a_full_disk_fails_writes_and_not_reads(disk: Disk) -> None:
    await disk.write(entries(0, 1))
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, unlimited[1]))
    try:
        with pytest.raises(disk.faults):
            await disk.write(entries(1, 50))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
    assert len(await disk.read([entry.key for entry in entries(0, 51)])) == 1
    await disk.write(entries(1, 50))
    assert disk.totals.entries == 51


async def test_the_loop_turns_while_the_disk_is_slow(disk: Disk) -> None:
    await disk.write(entries(0, 1))
    with sqlite3.connect(disk.path) as other:
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(disk.write(entries(1, 1)))
        for _ in range(20):
            await asyncio.sleep(0.001)
        assert not writing.done()
        other.rollback()
    await writing
    other.close()
    assert disk.totals.entries == 2
