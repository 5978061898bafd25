import asyncio
import sqlite3
from collections.abc import Iterable
from pathlib import Path

import pytest

from inference.errors import Misconfigured
from producer.sources.seen import Seen, Validators

FEED = "https://news.example/rss?key=secret"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "seen.db"


async def opened(path: Path, lane: str = "news", most: int = 5) -> Seen:
    seen = Seen(path, lane, most)
    await seen.open()
    return seen


def ids(numbers: Iterable[int]) -> list[str]:
    return [f"id-{number}" for number in numbers]


async def test_what_was_kept_is_seen_after_a_restart(path: Path) -> None:
    await (await opened(path)).keep(FEED, ids([1, 2]), Validators('"e"', "Fri"))
    again = await opened(path)
    assert await again.unseen(ids([1, 2, 3])) == {"id-3"}
    assert await again.validators(FEED) == Validators('"e"', "Fri")


async def test_of_each_feed_those_are_forgotten_that_left_it_longest_ago(path: Path) -> None:
    seen = await opened(path, most=5)
    await seen.keep("other", ids([100]), Validators())
    for start in range(0, 20, 2):
        await seen.keep(FEED, ids(range(start, start + 4)), Validators())
    assert not await seen.unseen(ids([*range(18, 22), 100]))
    assert len(await seen.unseen(ids(range(22)))) == 22 - 5


async def test_a_lane_has_not_seen_what_another_has(path: Path) -> None:
    await (await opened(path, "news")).keep(FEED, ids([1]), Validators('"e"'))
    other = await opened(path, "other")
    assert await other.unseen(ids([1])) == {"id-1"}
    assert await other.validators(FEED) == Validators()


async def test_no_address_stands_in_the_file(path: Path) -> None:
    await (await opened(path)).keep(FEED, ids([1]), Validators())
    assert b"secret" not in await asyncio.to_thread(path.read_bytes)


async def test_feeds_that_nobody_looks_at_any_more_are_forgotten(path: Path) -> None:
    seen = await opened(path)
    await seen.keep(FEED, ids([1]), Validators('"e"'))
    await seen.keep("kept", ids([2]), Validators())
    with sqlite3.connect(path) as file:
        file.execute("UPDATE sources SET last = 0 WHERE etag IS NOT NULL")
    file.close()
    assert await (await opened(path)).unseen(ids([1, 2])) == {"id-1"}


async def test_two_processes_may_share_the_file(path: Path) -> None:
    one, other = await opened(path), await opened(path)
    await one.keep("a", ids([1]), Validators())
    await other.keep("b", ids([2]), Validators())
    assert not await one.unseen(ids([1, 2]))


async def test_a_file_that_cannot_be_used_is_told_with_its_setting(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database, and longer than a header of one is " * 30)
    for path in (tmp_path / "text", tmp_path, tmp_path / "text" / "inside"):
        with pytest.raises(Misconfigured, match=r"^SEEN_FILE: .* cannot be used .* another"):
            await opened(path)


async def test_a_file_of_another_version_is_left_alone(path: Path) -> None:
    await opened(path)
    with sqlite3.connect(path) as file:
        file.execute("PRAGMA user_version = 99")
    file.close()
    with pytest.raises(Misconfigured, match="is of another version"):
        await opened(path)
