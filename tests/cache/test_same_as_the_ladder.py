"""Whatever is asked, however often and at the same time: the answers are the ladder's own."""

import asyncio
from collections.abc import Sequence

from computing import CONTRACT, ReverseCache, Reversed, Reverser, texts
from hypothesis import given
from hypothesis import strategies as st
from shops import Shelf, itself

from inference.cache.memory import Memory
from inference.cache.outer import Outer
from inference.cache.shelves import Shelves, Terms
from inference.cache.store import Limits
from inference.cache.tiers import Cached
from inference.contract import Tier
from inference.ladder import Answered, Outcome
from inference.lane import Sameness

QUESTIONS = st.sampled_from([b"ab", b"cd", b"!no", b"?bad", b"", b"xyz"])
BATCHES = st.lists(st.lists(QUESTIONS, max_size=6), min_size=1, max_size=8)
LIMITS = Limits(read=5, write=5, pause=5)


class Slowly(Reverser):
    """Gives way as often as it is told to before it answers."""

    def __init__(self, turns: list[int]) -> None:
        super().__init__()
        self._turns = turns

    async def answer(self, questions: Sequence[bytes]) -> list[Outcome[Reversed]]:
        for _ in range(self._turns.pop() if self._turns else 0):
            await asyncio.sleep(0)
        return await super().answer(questions)


async def asked(
    cached: ReverseCache, batches: list[list[bytes]], cancelled: set[int]
) -> list[list[str] | None]:
    """What each of these batches gets, asked at the same time; some give up on the way."""
    tasks = [asyncio.create_task(cached.answer(batch)) for batch in batches]
    for number in sorted(cancelled & set(range(len(tasks)))):
        await asyncio.sleep(0)
        tasks[number].cancel()
    await asyncio.wait(tasks)
    return [None if task.cancelled() else texts(task.result()) for task in tasks]


async def tried(
    batches: list[list[bytes]], turns: list[int], cancelled: set[int], room: int
) -> None:
    ladder, shelf = Slowly(turns), Shelf()
    async with Outer("reverse", Tier.DISK, shelf, LIMITS).opened() as outer:
        memory: Memory[Answered[Reversed]] = Memory(room, 1_000_000)
        cached = Cached(
            ladder, CONTRACT, Sameness(itself), Shelves(CONTRACT, memory, [outer], Terms())
        )
        for _ in range(2):
            outcomes = await asked(cached, batches, cancelled)
            for batch, outcome in zip(batches, outcomes, strict=True):
                assert outcome is None or outcome == texts(await Reverser().answer(batch))
            await outer.settled()
        if room == 100 and not cancelled:
            answerable = {q for batch in batches for q in batch if q[:1] not in {b"!", b"?"}}
            assert sorted(q for q in ladder.computed if q in answerable) == sorted(answerable)


@given(
    BATCHES,
    st.lists(st.integers(0, 4), max_size=8),
    st.sets(st.integers(0, 7), max_size=3),
    st.sampled_from([0, 1, 100]),
)
def test_the_answers_are_the_ladders_own_in_order_whatever_is_asked_at_once(
    batches: list[list[bytes]], turns: list[int], cancelled: set[int], room: int
) -> None:
    asyncio.run(tried(batches, turns, cancelled, room))
