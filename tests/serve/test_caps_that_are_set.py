"""BATCH_CAP and BATCH_BYTES bound what is computed at once over HTTP as they do in a worker."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from desks import IMAGES, Site, open_site

from echo_lane.lane import Parrot
from inference.lane import BatchPolicy, Caps


@asynccontextmanager
async def echoes(**settings: Any) -> AsyncIterator[tuple[Site, list[Sequence[str]]]]:  # noqa: ANN401 - any setting
    """The echo lane over HTTP, and the batches that came to it."""
    batches: list[Sequence[str]] = []
    async with open_site(**settings) as site:
        rung = site.desks["echo"].opened.swap.ladder.places[0].rung
        usual = rung.answer

        async def noted(questions: Sequence[str]) -> Sequence[Any]:
            batches.append(questions)
            return await usual(questions)

        rung.answer = noted  # type: ignore[method-assign]  # to see what comes
        yield site, batches


async def test_no_batch_is_larger_than_batch_cap_whatever_the_best_rung_likes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with echoes(batch_cap=3) as (site, batches):
        monkeypatch.setattr(Parrot, "caps", Caps(steady=4, backlog=64))
        said = [f"{number}" for number in range(10)]
        await asyncio.gather(*(site.single(one.encode(), "echo") for one in said))
    assert [one for batch in batches for one in batch] == said
    assert max(map(len, batches)) == 3


async def test_no_batch_weighs_more_than_batch_bytes_unless_it_is_one_question() -> None:
    async with echoes(batch_bytes=25) as (site, batches):
        said = ["x" * size for size in (10, 10, 10, 40, 10)]
        await asyncio.gather(*(site.single(one.encode(), "echo") for one in said))
    assert [one for batch in batches for one in batch] == said
    assert all(len(batch) == 1 or sum(map(len, batch)) <= 25 for batch in batches)
    assert max(map(len, batches)) == 2


@pytest.mark.parametrize("lane", ["echo", IMAGES])
async def test_a_cap_that_is_set_holds_whatever_the_best_rung_likes(lane: str) -> None:
    async with open_site(batch_cap=5) as site:
        assert site.desks[lane].opened.caps == Caps(5, 5)


def test_what_is_not_set_is_as_the_lane_and_its_rung_like_it() -> None:
    policy, liked = BatchPolicy(cap=7, bytes=9, linger=0.5), Caps(2, 30)
    assert policy.bounded(None, None) == policy
    assert (policy.caps(None), policy.caps(liked)) == (Caps(7, 7), liked)
    bounded = policy.bounded(3, 4)
    assert (bounded.cap, bounded.bytes, bounded.linger) == (3, 4, 0.5)
    assert bounded.caps(liked) == Caps(3, 3)
    assert policy.bounded(None, 4).caps(liked) == liked
