import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st
from traffic import place

from inference.stream.turn import Turn, Turns

PARTITIONS = st.sets(st.integers(0, 3), min_size=1)
BATCHES = st.lists(PARTITIONS, min_size=1, max_size=12)


class Line(NamedTuple):
    """Batches in the order in which they were handed out, and what was published so far."""

    partitions: Sequence[set[int]]
    turns: Sequence[Turn]
    published: list[int]

    async def publish(self, number: int, ticks: int) -> None:
        if not await self.turns[number].come():
            return
        self.published.append(number)
        for _ in range(ticks):
            await asyncio.sleep(0)
        self.turns[number].passed()

    def in_order(self) -> bool:
        orders = [[n for n in self.published if p in self.partitions[n]] for p in range(4)]
        return all(order == sorted(order) for order in orders)


def line(turns: Turns, batches: Sequence[set[int]]) -> Line:
    return Line(batches, [turns.take([place(p) for p in batch]) for batch in batches], [])


async def settle() -> None:
    """Lets everybody who can go on do so; a batch passes in a handful of rounds of the loop."""
    for _ in range(100):
        await asyncio.sleep(0)


@given(BATCHES, st.data())
def test_whatever_finishes_first_a_partition_publishes_in_order(
    batches: list[set[int]], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(batches))))
    ticks = data.draw(st.lists(st.integers(0, 3), min_size=len(order), max_size=len(order)))

    async def run() -> Line:
        found = line(Turns(), batches)
        tasks = []
        for number in order:
            tasks.append(asyncio.create_task(found.publish(number, ticks[number])))
            await asyncio.sleep(0)
        await asyncio.gather(*tasks)
        return found

    found = asyncio.run(run())
    assert found.in_order()
    assert sorted(found.published) == list(range(len(batches)))


@given(BATCHES, st.data())
def test_after_a_revocation_everybody_wakes_up_and_nobody_publishes(
    batches: list[set[int]], data: st.DataObject
) -> None:
    ready = data.draw(st.lists(st.sampled_from(range(len(batches))), unique=True))

    async def run() -> tuple[Line, list[int]]:
        turns = Turns()
        found = line(turns, batches)
        tasks = [asyncio.create_task(found.publish(number, 1)) for number in ready]
        await asyncio.sleep(0)
        turns.revoke()
        before = list(found.published)
        late = [n for n in range(len(batches)) if n not in ready]
        await asyncio.gather(*tasks, *(found.publish(number, 0) for number in late))
        return found, before

    found, before = asyncio.run(run())
    assert found.published == before
    assert found.in_order()
    assert all(turn.stale for turn in found.turns)


async def test_a_batch_that_never_passes_holds_its_partition_and_no_other() -> None:
    found = line(Turns(), [{0}, {0, 1}, {1}, {2}])
    tasks = [asyncio.create_task(found.publish(number, 0)) for number in (1, 2, 3)]
    await settle()
    assert found.published == [3]
    await found.publish(0, 0)
    await asyncio.gather(*tasks)
    assert found.published == [3, 0, 1, 2]


async def test_a_new_generation_does_not_wait_for_the_old_one() -> None:
    turns = Turns()
    old = turns.take([place(0)])
    turns.revoke()
    new = turns.take([place(0)])
    assert await new.come()
    assert not await old.come()


async def test_a_late_comer_of_the_old_generation_opens_no_turn_of_the_new_one() -> None:
    turns = Turns()
    old = turns.take([place(0)])
    turns.revoke()
    turns.take([place(0)])
    second = asyncio.create_task(turns.take([place(0)]).come())
    old.passed()
    await settle()
    assert not second.done()
    turns.revoke()
    assert not await second


async def test_what_lies_behind_a_batch_that_is_given_up_is_given_up_too() -> None:
    found = line(Turns(), [{0}, {0, 1}, {1}, {2}])
    tasks = [asyncio.create_task(found.turns[number].come()) for number in (1, 3)]
    found.turns[0].given_up()
    assert await asyncio.gather(*tasks) == [False, True]
    found.turns[1].given_up()
    assert not await found.turns[2].come()
