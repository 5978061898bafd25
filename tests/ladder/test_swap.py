import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
from rungs import Rung, Said

from inference.contract import Contract, Rejection
from inference.errors import Misconfigured
from inference.ladder import Answered, Terms
from inference.lane import Lane, Sameness, Succession
from inference.recent import MOST
from inference.swap import Swap, open_swap

CONTRACT: Contract[str, Said] = Contract(
    lane="swapped",
    answer=Said,
    read=lambda content: content.data.decode(),
    content_types=("text/plain",),
    max_bytes=100,
)


@dataclass
class Shelf:
    """Where the models of a lane lie: what is opened next, and what was closed."""

    next: Rung = field(default_factory=Rung)
    broken: str | None = None
    stamp: int = 0
    closed: list[Rung] = field(default_factory=list)

    @asynccontextmanager
    async def open(self, _workers: int) -> AsyncIterator[Sequence[Rung]]:
        if self.broken:
            raise Misconfigured(self.broken)
        rung = self.next
        yield [rung]
        self.closed.append(rung)

    @property
    def lane(self) -> Lane[str, Said]:
        succession = Succession[str, Said](
            unlike=lambda _old, new: "other labels" if new.fingerprint == "other" else None,
            agree=lambda old, new: old.text == new.text,
            stamp=lambda: self.stamp,
        )
        return Lane(CONTRACT, self.open, sameness=Sameness(str.encode), succession=succession)


class Mistaken(Rung):
    """Says something else to some of the questions."""

    def __init__(self, wrong: set[str]) -> None:
        super().__init__()
        self.fingerprint, self._wrong = "mistaken", wrong

    async def answer(self, questions: Sequence[str]) -> list[Said | Rejection]:
        """One outcome per question."""
        return [Said(by="new", text="?" if q in self._wrong else q) for q in questions]


def swapping(
    shelf: Shelf, lane: Lane[str, Said] | None = None
) -> AbstractAsyncContextManager[Swap[str, Said]]:
    return open_swap(lane or shelf.lane, 1, Terms(attempts=1), 0.8)


async def asked(swap: Swap[str, Said], *questions: str) -> list[str]:
    outcomes = await swap.answer(questions)
    return [o.how.fingerprint for o in outcomes if isinstance(o, Answered)]


async def closed(shelf: Shelf, rung: Rung) -> None:
    async with asyncio.timeout(5):
        while rung not in shelf.closed:
            await asyncio.sleep(0)


async def test_a_new_version_that_agrees_takes_over_and_the_old_one_is_closed() -> None:
    shelf = Shelf()
    async with swapping(shelf) as swap:
        assert await asked(swap, "a", "b") == ["full 1"] * 2
        old, shelf.next = shelf.next, Mistaken(set())
        found = await swap.reload()
        assert (found.took_over, found.compared, found.agreement) == (True, 2, 1.0)
        assert await asked(swap, "a") == ["mistaken"]
        await closed(shelf, old)


async def test_one_that_agrees_too_little_changes_nothing_unless_it_is_forced() -> None:
    shelf = Shelf()
    async with swapping(shelf) as swap:
        await asked(swap, "a", "b")
        shelf.next = Mistaken({"a"})
        found = await swap.reload()
        assert (found.took_over, found.agreement) == (False, 0.5)
        assert await asked(swap, "a") == ["full 1"]
        assert shelf.closed == [shelf.next]
        assert (await swap.reload(force=True)).forced
        assert await asked(swap, "a") == ["mistaken"]


async def test_one_that_fails_on_an_input_never_takes_over() -> None:
    shelf = Shelf()
    async with swapping(shelf) as swap:
        await asked(swap, "a", "b")
        shelf.next = Rung(mood="broken")
        found = await swap.reload(force=True)
        assert not found.took_over
        assert found.reason == "it fails on 2 of the latest questions"


async def test_one_with_other_labels_does_not_take_over() -> None:
    shelf = Shelf()
    async with swapping(shelf) as swap:
        shelf.next = Rung()
        shelf.next.fingerprint = "other"
        assert (await swap.reload()).reason == "other labels"


async def test_one_that_cannot_be_opened_changes_nothing_and_says_why() -> None:
    shelf = Shelf()
    async with swapping(shelf) as swap:
        shelf.broken = "model.onnx is cut short"
        found = await swap.reload()
        assert (found.took_over, found.reason) == (False, "model.onnx is cut short")
        assert swap.comparison == found
        assert await asked(swap, "a") == ["full 1"]


async def test_a_batch_that_runs_keeps_its_version_and_the_old_one_is_open_until_it_ends() -> None:
    shelf = Shelf()
    async with swapping(shelf) as swap:
        old = shelf.next
        old.mood = "slow"
        running = asyncio.create_task(asked(swap, "a"))
        await asyncio.sleep(0)
        shelf.next = Mistaken(set())
        assert (await swap.reload()).took_over
        assert not shelf.closed
        running.cancel()
        await closed(shelf, old)


async def test_whatever_opening_it_raises_on_purpose_changes_nothing() -> None:
    shelf = Shelf()
    async with swapping(shelf) as swap:
        await asked(swap, "a")
        shelf.next = Rung(mood="unavailable")
        assert (await swap.reload()).reason == "the tap is shut"
        assert await asked(swap, "a") == ["full 1"]


async def test_no_force_brings_another_model_under_the_same_name() -> None:
    shelf = Shelf()
    async with swapping(shelf) as swap:
        shelf.next = Rung()
        shelf.next.fingerprint = "other"
        assert not (await swap.reload(force=True)).took_over


async def test_after_a_takeover_the_next_version_is_held_against_the_new_one() -> None:
    shelf = Shelf()
    async with swapping(shelf) as swap:
        await asked(swap, "a", "b")
        shelf.next = Mistaken({"a", "b"})
        assert (await swap.reload(force=True)).took_over
        assert (await swap.reload()).compared == 0


async def test_only_the_latest_questions_are_remembered() -> None:
    shelf = Shelf()
    async with swapping(shelf) as swap:
        await asked(swap, *(f"question {n}" for n in range(2 * MOST)))
        assert (await swap.reload()).compared == MOST


async def test_nothing_of_a_sensitive_lane_is_remembered() -> None:
    shelf = Shelf()
    lane = replace(shelf.lane, contract=replace(CONTRACT, sensitive=True))
    async with swapping(shelf, lane) as swap:
        await asked(swap, "a")
        assert (await swap.reload()).compared == 0


async def test_of_a_lane_that_knows_no_succession_whatever_opens_takes_over() -> None:
    shelf = Shelf()
    async with swapping(shelf, replace(shelf.lane, succession=None)) as swap:
        await asked(swap, "a")
        shelf.next = Mistaken({"a"})
        found = await swap.reload()
        assert (found.took_over, found.compared) == (True, 0)
        assert await asked(swap, "a") == ["mistaken"]


async def test_a_new_version_is_noticed_once_it_has_stopped_changing() -> None:
    shelf = Shelf()
    async with swapping(shelf) as swap:
        watching = asyncio.create_task(swap.watch(0.01))
        await asyncio.sleep(0.03)
        assert swap.comparison is None
        shelf.next, shelf.stamp = Mistaken(set()), 1
        async with asyncio.timeout(5):
            while swap.comparison is None:
                await asyncio.sleep(0.01)
        assert swap.fingerprint == "mistaken"
        watching.cancel()


async def test_without_watching_nothing_is_ever_reloaded_by_itself() -> None:
    async with swapping(Shelf()) as swap:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await swap.watch(0)
