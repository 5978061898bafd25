import asyncio
from collections.abc import AsyncIterator

import pytest
from shops import Shelf
from structlog.testing import capture_logs

from inference.cache import outer
from inference.cache.outer import Outer
from inference.cache.store import Entry, Limits
from inference.contract import Tier

HOUR = 3600.0
LIMITS = Limits(read=0.02, write=0.02, pause=0.05)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
async def tier(shelf: Shelf) -> AsyncIterator[Outer]:
    async with Outer("lane", Tier.DISK, shelf, LIMITS).opened() as tier:
        yield tier


async def fails() -> None:
    raise OSError


async def hangs() -> None:
    await asyncio.Event().wait()


async def test_what_is_kept_is_written_in_the_background_in_few_calls(
    tier: Outer, shelf: Shelf
) -> None:
    tier.keep(Entry(f"{number}", b"1", HOUR) for number in range(200))
    assert shelf.writes == 0
    await tier.settled()
    assert (shelf.writes, len(shelf.kept)) == (1, 200)


@pytest.mark.parametrize("trouble", [fails, hangs])
async def test_five_failures_and_it_is_left_alone_until_a_single_probe(
    tier: Outer, shelf: Shelf, trouble: object
) -> None:
    shelf.kept["a"] = b"1"
    shelf.reads, shelf.before = 0, trouble  # type: ignore[assignment]  # both are such functions
    for _ in range(8):
        assert await tier.find(["a"]) == {}
    assert (shelf.reads, tier.available) == (5, False)
    shelf.before = None
    async with asyncio.timeout(5):
        while not await tier.find(["a"]):
            await asyncio.sleep(0.005)
    assert (shelf.reads, tier.available) == (6, True)


async def test_an_outage_and_its_end_are_said_once_each(tier: Outer, shelf: Shelf) -> None:
    with capture_logs() as lines:
        shelf.before = fails
        for _ in range(4):
            await tier.find(["a"])
        shelf.before = None
        for _ in range(4):
            await tier.find(["a"])
    assert [line["log_level"] for line in lines] == ["warning", "info"]
    assert lines[0]["see"] == "NOTHING"
    assert lines[0]["error"] == "OSError"


async def test_what_cannot_be_written_is_dropped_and_counted(tier: Outer, shelf: Shelf) -> None:
    shelf.before = fails
    tier.keep([Entry("a", b"1", HOUR), Entry("b", b"1", HOUR)])
    await tier.settled()
    shelf.before = None
    tier.keep([Entry("c", b"1", HOUR)])
    await tier.settled()
    assert (tier.dropped, set(shelf.kept)) == (2, {"c"})


async def test_writes_that_fail_do_not_stop_reads(tier: Outer, shelf: Shelf) -> None:
    shelf.kept["a"] = b"1"
    shelf.before = fails
    for number in range(6):
        tier.keep([Entry(f"{number}", b"1", HOUR)])
        await tier.settled()
    shelf.before = None
    assert await tier.find(["a"]) == {"a": b"1"}


async def test_more_than_there_is_room_for_is_dropped_and_counted(
    tier: Outer, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outer, "QUEUE_BYTES", 100)
    tier.keep(Entry(f"{number}", bytes(9), HOUR) for number in range(10, 30))
    await tier.settled()
    assert (tier.dropped, len(shelf.kept)) == (11, 9)


async def test_what_waits_to_be_written_is_written_before_it_closes() -> None:
    shelf, last = Shelf(), dict[str, bytes]()
    async with Outer("lane", Tier.DISK, shelf, LIMITS).opened() as tier:
        last = shelf.kept
        tier.keep([Entry("a", b"1", HOUR)])
        assert not last
    assert shelf.writes == 1


async def test_clearing_forgets_what_waits_to_be_written_too(tier: Outer, shelf: Shelf) -> None:
    shelf.kept["a"] = b"1"
    tier.keep([Entry("b", b"1", HOUR)])
    assert await tier.clear()
    await tier.settled()
    assert shelf.kept == {}


async def test_a_clearing_that_fails_says_so(tier: Outer, shelf: Shelf) -> None:
    shelf.before = fails
    assert not await tier.clear()
    shelf.before = None
    assert await tier.clear()


async def test_a_cancelled_look_up_is_no_failure(tier: Outer, shelf: Shelf) -> None:
    shelf.before = hangs
    for _ in range(6):
        looking = asyncio.create_task(tier.find(["a"]))
        await asyncio.sleep(0)
        looking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await looking
    assert tier.available


async def test_a_tier_that_hangs_when_it_is_opened_keeps_the_first_batches_no_moment(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outer, "MOMENT", 0.01)
    shelf.before = hangs
    async with Outer("lane", Tier.DISK, shelf, LIMITS).opened() as tier:
        assert await tier.find(["a"]) == {}
        assert shelf.reads == 1
        await asyncio.sleep(LIMITS.pause)
        await tier.find(["a"])
        assert shelf.reads == 2
        shelf.before = None


async def test_it_ends_whatever_becomes_of_a_cancellation(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As clients do that wait with a limit of their own."""
    swallowed = asyncio.Event()

    async def deaf() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if swallowed.is_set():
                raise
            swallowed.set()

    monkeypatch.setattr(outer, "MOMENT", 0.05)
    patient = Limits(read=60, write=60, pause=60)
    async with Outer("lane", Tier.DISK, shelf, patient).opened() as tier:
        shelf.before = deaf
        tier.keep([Entry("a", b"1", HOUR)])
        while not shelf.writes:
            await asyncio.sleep(0)
    assert swallowed.is_set()
