"""What is much like a question that was answered before is not asked of the ladder again."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from computing import CONTRACT, ReverseCache, Reversed, Reverser, texts, tiers
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from shops import itself

from inference.cache.opening import open_cache
from inference.cache.settings import CacheSettings
from inference.cache.sketches import ENOUGH, Sketches, bands, likeness, packed, unpacked
from inference.contract import Level, Tier
from inference.lane import Sameness
from redis_server import RedisServer

PLACES = 120


def sketch(question: bytes) -> list[int] | None:
    """Of `text/NN`, the text's own sketch, changed in NN places; other questions have none."""
    text, _, changed = question.partition(b"/")
    if not changed:
        return None
    whole = [sum(text) * (place + 1) % 2**32 for place in range(PLACES)]
    # Not one after another: as in a true sketch, any place is as likely to differ.
    for place in range(int(changed)):
        whole[place * 7 % PLACES] ^= 1
    return whole


def adopt(question: bytes, answer: Reversed) -> Reversed:
    return Reversed(text=f"{answer.text} for {question.decode()}")


ALIKE = Sameness[bytes, Reversed](itself, sketch, adopt)


@pytest.fixture
def ladder() -> Reverser:
    return Reverser()


@pytest_asyncio.fixture
async def cached(ladder: Reverser) -> AsyncIterator[ReverseCache]:
    async with open_cache(CacheSettings(), CONTRACT, ALIKE, ladder) as opened:
        yield opened


async def test_a_question_much_like_another_gets_its_answer_as_its_own(
    cached: ReverseCache, ladder: Reverser
) -> None:
    await cached.answer([b"ab/0"])
    copy = await cached.answer([b"ab/5"])
    assert (texts(copy), tiers(copy)) == (["0/ba for ab/5"], [Tier.MEMORY])
    assert ladder.computed == [b"ab/0"]


async def test_what_is_less_alike_or_has_no_sketch_is_computed(
    cached: ReverseCache, ladder: Reverser
) -> None:
    asked = [b"ab/0", b"ab/40", b"zz/0", b"ab"]
    assert tiers(await cached.answer(asked)) == [None] * 4
    assert ladder.computed == asked


async def test_a_copy_is_no_pattern_for_others(cached: ReverseCache, ladder: Reverser) -> None:
    await cached.answer([b"ab/0"])
    await cached.answer([b"ab/20"])
    await cached.answer([b"ab/40"])
    assert ladder.computed == [b"ab/0", b"ab/40"]


async def test_of_a_batch_of_like_ones_one_is_computed(
    cached: ReverseCache, ladder: Reverser
) -> None:
    found = await cached.answer([b"ab/0", b"ab/3", b"cd/0", b"ab/5"])
    assert tiers(found) == [None, Tier.SHARED, None, Tier.SHARED]
    assert ladder.computed == [b"ab/0", b"cd/0"]


async def test_like_ones_in_different_batches_at_the_same_time_are_computed_once(
    cached: ReverseCache, ladder: Reverser
) -> None:
    ladder.gate.clear()
    first = asyncio.create_task(cached.answer([b"ab/0", b"cd/0"]))
    while not ladder.computed:
        await asyncio.sleep(0)
    second = asyncio.create_task(cached.answer([b"ef/0", b"cd/1"]))
    while len(ladder.computed) < 3:
        await asyncio.sleep(0)
    ladder.gate.set()
    assert tiers(await first) == [None, None]
    assert tiers(await second) == [None, Tier.SHARED]
    assert ladder.computed == [b"ab/0", b"cd/0", b"ef/0"]


@pytest.mark.parametrize("question", [b"!ab/0", b"?ab/0"])
async def test_whoever_waits_for_one_that_got_no_answer_asks_himself(
    cached: ReverseCache, ladder: Reverser, question: bytes
) -> None:
    asked = [question, question.replace(b"/0", b"/1")]
    await cached.answer(asked)
    assert ladder.computed == asked


async def test_whoever_waits_for_one_that_was_given_up_asks_himself(
    cached: ReverseCache, ladder: Reverser
) -> None:
    ladder.gate.clear()
    first = asyncio.create_task(cached.answer([b"ab/0"]))
    while not ladder.computed:
        await asyncio.sleep(0)
    second = asyncio.create_task(cached.answer([b"ab/1"]))
    await asyncio.sleep(0.05)
    first.cancel()
    ladder.gate.set()
    assert texts(await second) == ["1/ba"]


async def test_a_lesser_answer_is_no_pattern(cached: ReverseCache, ladder: Reverser) -> None:
    ladder.level = Level.LIGHT
    await cached.answer([b"ab/0"])
    ladder.level = Level.FULL
    assert tiers(await cached.answer([b"ab/1"])) == [None]


async def test_another_model_copies_nothing_of_the_one_before(
    cached: ReverseCache, ladder: Reverser
) -> None:
    await cached.answer([b"ab/0"])
    ladder.fingerprint = "two"
    assert tiers(await cached.answer([b"ab/1"])) == [None]


async def test_what_was_forgotten_is_computed_again(cached: ReverseCache) -> None:
    await cached.answer([b"ab/0"])
    await cached.clear()
    assert tiers(await cached.answer([b"ab/1"])) == [None]


async def test_what_was_on_its_way_when_all_was_forgotten_is_no_pattern(
    cached: ReverseCache, ladder: Reverser
) -> None:
    ladder.gate.clear()
    first = asyncio.create_task(cached.answer([b"ab/0"]))
    while not ladder.computed:
        await asyncio.sleep(0)
    await cached.clear()
    ladder.gate.set()
    await first
    assert tiers(await cached.answer([b"ab/1"])) == [None]


async def test_what_is_too_old_is_no_pattern(ladder: Reverser) -> None:
    soon = CacheSettings(model_cache_copies_ttl=0.05)
    async with open_cache(soon, CONTRACT, ALIKE, ladder) as cached, asyncio.timeout(5):
        await cached.answer([b"ab/0"])
        await asyncio.sleep(0.06)
        assert tiers(await cached.answer([b"ab/1"])) == [None]


@pytest.mark.parametrize("tier", [Tier.DISK, Tier.REDIS])
async def test_copies_are_known_after_a_restart_and_to_other_replicas(
    ladder: Reverser, tmp_path: Path, redis_server: RedisServer, tier: Tier
) -> None:
    places = {
        Tier.DISK: CacheSettings(model_cache_dir=tmp_path / "cache"),
        Tier.REDIS: CacheSettings(redis_url=SecretStr(redis_server.url), redis_timeout=5),
    }
    async with open_cache(places[tier], CONTRACT, ALIKE, ladder) as first:
        await first.answer([b"ab/0"])
    async with open_cache(places[tier], CONTRACT, ALIKE, ladder) as second:
        assert tiers(await second.answer([b"ab/5", b"zz/0"])) == [tier, None]
        assert tiers(await second.answer([b"ab/6"])) == [Tier.MEMORY]
    assert ladder.computed == [b"ab/0", b"zz/0"]


async def test_where_no_sketches_are_to_be_kept_none_are_drawn(ladder: Reverser) -> None:
    async with open_cache(CacheSettings(model_cache_copies=0), CONTRACT, ALIKE, ladder) as one:
        assert tiers(await one.answer([b"ab/0", b"ab/1"])) == [None, None]


async def test_a_question_whose_sketch_cannot_be_drawn_is_computed(ladder: Reverser) -> None:
    def picky(question: bytes) -> list[int] | None:
        return sketch(question) if question != b"cd/0" else [1 // 0]

    async with open_cache(CacheSettings(), CONTRACT, Sameness(itself, picky, adopt), ladder) as one:
        assert tiers(await one.answer([b"ab/0", b"cd/0", b"ab/1"])) == [None, None, Tier.SHARED]


NUMBERS = st.integers(0, 2**32 - 1)


@given(st.lists(NUMBERS, min_size=PLACES, max_size=PLACES), st.sets(st.integers(0, PLACES - 1)))
def test_likeness_is_the_share_of_equal_places(one: list[int], changed: set[int]) -> None:
    other = [number ^ (place in changed) for place, number in enumerate(one)]
    assert likeness(one, other) == (PLACES - len(changed)) / PLACES
    assert list(unpacked(packed(other))) == other


@given(st.lists(NUMBERS, min_size=PLACES, max_size=PLACES), st.sets(st.integers(0, PLACES - 1)))
def test_only_what_is_alike_enough_is_found_and_nothing_after_it_was_removed(
    one: list[int], changed: set[int]
) -> None:
    other = [number ^ (place in changed) for place, number in enumerate(one)]
    sketches: Sketches[str] = Sketches(10)
    number = sketches.add(one, "one")
    found = sketches.find(other)
    if found is not None:
        assert found.likeness >= ENOUGH
    if not set(bands(one)) & set(bands(other)):
        assert found is None
    sketches.remove(number)
    assert sketches.find(one) is None


def test_no_more_are_kept_than_there_is_room_for() -> None:
    sketches: Sketches[int] = Sketches(3)
    for number in range(5):
        sketches.add([number] * PLACES, number)
    assert len(sketches) == 3
    assert [sketches.find([number] * PLACES) is not None for number in range(5)] == [
        *[False] * 2,
        *[True] * 3,
    ]
