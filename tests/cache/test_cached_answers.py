import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from computing import CONTRACT, MODEL, ReverseCache, Reverser, hows, texts, tiers
from shops import itself, opened, settled

from inference.cache.opening import open_cache
from inference.cache.settings import CacheSettings
from inference.contract import Level, Tier
from inference.lane import Sameness


@pytest.fixture
def ladder() -> Reverser:
    return Reverser()


@pytest.fixture
async def cached(ladder: Reverser) -> AsyncIterator[ReverseCache]:
    async with opened(ladder) as cached:
        yield cached


async def test_what_was_answered_is_not_computed_again(
    cached: ReverseCache, ladder: Reverser
) -> None:
    first = await cached.answer([b"ab", b"cd"])
    again = await cached.answer([b"cd", b"ab"])
    assert (texts(first), texts(again)) == (["ba", "dc"], ["dc", "ba"])
    assert (tiers(first), tiers(again)) == ([None, None], [Tier.MEMORY, Tier.MEMORY])
    assert ladder.computed == [b"ab", b"cd"]


async def test_equal_questions_of_a_batch_are_computed_once(
    cached: ReverseCache, ladder: Reverser
) -> None:
    outcomes = await cached.answer([b"ab", b"!x", b"ab", b"!x", b"?y", b"?y"])
    assert texts(outcomes) == ["ba", "refused", "ba", "refused", "defect", "defect"]
    assert tiers(outcomes)[:3] == [None, "refused", Tier.SHARED]
    assert ladder.computed == [b"ab", b"!x", b"?y"]


async def test_rejections_are_not_kept(cached: ReverseCache, ladder: Reverser) -> None:
    await cached.answer([b"!x"])
    await cached.answer([b"!x"])
    assert ladder.computed == [b"!x", b"!x"]


async def test_equal_questions_in_flight_are_computed_once(
    cached: ReverseCache, ladder: Reverser
) -> None:
    ladder.gate.clear()
    async with asyncio.TaskGroup() as group:
        one = group.create_task(cached.answer([b"ab", b"cd"]))
        other = group.create_task(cached.answer([b"ef", b"cd"]))
        while len(ladder.computed) < 3:
            await asyncio.sleep(0)
        ladder.gate.set()
    assert (texts(one.result()), texts(other.result())) == (["ba", "dc"], ["fe", "dc"])
    assert tiers(other.result()) == [None, Tier.SHARED]
    assert ladder.computed == [b"ab", b"cd", b"ef"]


async def test_who_waits_for_one_that_is_cancelled_computes_for_himself(
    cached: ReverseCache, ladder: Reverser
) -> None:
    ladder.gate.clear()
    leader = asyncio.create_task(cached.answer([b"ab"]))
    while not ladder.computed:
        await asyncio.sleep(0)
    follower = asyncio.create_task(cached.answer([b"ab"]))
    await asyncio.sleep(0)
    leader.cancel()
    ladder.gate.set()
    assert texts(await follower) == ["ba"]
    assert tiers(await follower) == [None]


async def test_a_follower_that_is_cancelled_leaves_the_others_alone(
    cached: ReverseCache, ladder: Reverser
) -> None:
    ladder.gate.clear()
    leader, *followers = [asyncio.create_task(cached.answer([b"ab"])) for _ in range(3)]
    while not ladder.computed:
        await asyncio.sleep(0)
    followers[0].cancel()
    await asyncio.wait([followers[0]])
    ladder.gate.set()
    assert (texts(await leader), texts(await followers[1])) == (["ba"], ["ba"])
    assert ladder.computed == [b"ab"]


async def test_who_waits_for_one_that_fails_asks_the_ladder_himself(
    cached: ReverseCache, ladder: Reverser
) -> None:
    ladder.gate.clear()
    ladder.away = True
    leader, follower = [asyncio.create_task(cached.answer([b"ab"])) for _ in range(2)]
    while not ladder.computed:
        await asyncio.sleep(0)
    ladder.gate.set()
    assert texts(await leader) == texts(await follower) == ["waits"]
    assert ladder.computed == [b"ab", b"ab"]
    ladder.away = False
    assert texts(await cached.answer([b"ab"])) == ["ba"]


async def test_what_a_rung_failed_on_for_one_is_tried_again_for_another(
    cached: ReverseCache, ladder: Reverser
) -> None:
    ladder.gate.clear()
    tasks = [asyncio.create_task(cached.answer([b"?x", b"!y"])) for _ in range(2)]
    while not ladder.computed:
        await asyncio.sleep(0)
    ladder.gate.set()
    assert [texts(await task) for task in tasks] == [["defect", "refused"]] * 2
    assert ladder.computed == [b"?x", b"!y", b"?x"]


async def test_hits_are_given_while_nobody_can_compute_and_the_others_wait(
    cached: ReverseCache, ladder: Reverser
) -> None:
    await cached.answer([b"ab"])
    ladder.away = True
    assert texts(await cached.answer([b"ab"])) == ["ba"]
    assert texts(await cached.answer([b"cd", b"ab", b"cd"])) == ["waits", "ba", "waits"]


@pytest.mark.parametrize("level", [Level.LIGHT, Level.BASIC])
async def test_an_answer_below_full_is_not_kept(
    cached: ReverseCache, ladder: Reverser, level: Level
) -> None:
    ladder.level = level
    first = await cached.answer([b"ab", b"ab"])
    assert [how.level for how in hows(first)] == [level, level]
    ladder.level = Level.FULL
    assert tiers(await cached.answer([b"ab"])) == [None]


async def test_another_model_is_another_question(cached: ReverseCache, ladder: Reverser) -> None:
    await cached.answer([b"ab"])
    ladder.fingerprint = "two"
    assert tiers(await cached.answer([b"ab"])) == [None]
    ladder.fingerprint = "one"
    assert tiers(await cached.answer([b"ab"])) == [Tier.MEMORY]


async def test_an_answer_of_a_model_that_came_in_between_is_not_kept(ladder: Reverser) -> None:
    async with opened(ladder) as cached:
        original = ladder.answer

        async def swapping(questions: list[bytes]) -> object:
            ladder.fingerprint = "two"
            return await original(questions)

        ladder.answer = swapping  # type: ignore[method-assign,assignment]  # a swap on its way
        await cached.answer([b"ab"])
        ladder.fingerprint = "one"
        assert tiers(await cached.answer([b"ab"])) == [None]


async def test_what_is_computed_while_it_is_cleared_is_not_kept(
    cached: ReverseCache, ladder: Reverser
) -> None:
    ladder.gate.clear()
    computing = asyncio.create_task(cached.answer([b"ab"]))
    while not ladder.computed:
        await asyncio.sleep(0)
    assert await cached.clear() == []
    ladder.gate.set()
    await computing
    assert tiers(await cached.answer([b"ab"])) == [None]


async def test_a_lane_without_content_or_with_the_cache_off_asks_its_ladder(
    ladder: Reverser,
) -> None:
    off = CacheSettings(enable_model_cache=False)
    for settings, sameness in ((off, Sameness(itself)), (CacheSettings(), None)):
        async with open_cache(settings, CONTRACT, sameness, ladder) as cached:
            assert tiers(await cached.answer([b"ab", b"ab"])) == [None, None]
            assert not cached.snapshot().enabled


async def test_a_question_whose_content_cannot_be_told_fails_alone(ladder: Reverser) -> None:
    def picky(question: bytes) -> bytes:
        return question if question != b"cd" else bytes([300])

    async with open_cache(CacheSettings(), CONTRACT, Sameness(picky), ladder) as cached:
        assert texts(await cached.answer([b"ab", b"cd", b"ef"])) == ["ba", "defect", "fe"]


async def test_large_questions_are_told_apart_as_well(
    cached: ReverseCache, ladder: Reverser
) -> None:
    large = [letter * 700_000 for letter in (b"a", b"b")]
    first, again = [await cached.answer(large) for _ in range(2)]
    assert texts(first) == texts(again)
    assert len(ladder.computed) == 2


async def test_answers_come_back_after_a_restart_from_disk_and_go_to_memory(
    ladder: Reverser, tmp_path: Path
) -> None:
    async with opened(ladder, model_cache_dir=tmp_path) as cached:
        await cached.answer([b"ab", b"cd"])
        await settled(cached)
    async with opened(ladder, model_cache_dir=tmp_path) as cached:
        again = await cached.answer([b"cd", b"ef", b"cd"])
        assert tiers(again) == [Tier.DISK, None, Tier.DISK]
        assert tiers(await cached.answer([b"cd"])) == [Tier.MEMORY]
        assert hows(again)[0].model == MODEL


async def test_a_damaged_file_costs_one_miss(ladder: Reverser, tmp_path: Path) -> None:
    (tmp_path / "reverse.v1.sqlite").write_bytes(b"no database" * 1000)
    async with opened(ladder, model_cache_dir=tmp_path, model_cache_size=0) as cached:
        assert texts(await cached.answer([b"ab"])) == ["ba"]
        await settled(cached)
        assert tiers(await cached.answer([b"ab"])) == [Tier.DISK]


async def test_a_folder_that_cannot_be_used_costs_nothing_but_the_answers_in_it(
    ladder: Reverser, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    async with opened(ladder, model_cache_dir=tmp_path / "file" / "folder") as cached:
        assert texts(await cached.answer([b"ab"])) == ["ba"]
        await settled(cached)
        assert tiers(await cached.answer([b"ab"])) == [Tier.MEMORY]
        assert cached.snapshot().tiers[Tier.DISK].dropped_writes == 1


async def test_an_answer_never_outlives_its_time_whichever_tiers_it_goes_through(
    ladder: Reverser, tmp_path: Path
) -> None:
    async with opened(ladder, model_cache_dir=tmp_path, model_cache_ttl=0.3) as cached:
        started = time.monotonic()
        await cached.answer([b"ab"])
        await settled(cached)
    async with opened(ladder, model_cache_dir=tmp_path, model_cache_ttl=3600) as cached:
        async with asyncio.timeout(5):
            while tiers(await cached.answer([b"ab"])) != [None]:
                await asyncio.sleep(0.01)
        assert 0.25 < time.monotonic() - started < 2
