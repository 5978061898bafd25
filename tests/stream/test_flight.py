import asyncio
from collections.abc import Coroutine

import pytest
from traffic import NOW, airfield, cut, place, take
from waiting import until

from inference.stream.assignment import Assignment
from inference.stream.flight import Flight


async def is_waiting(coroutine: Coroutine[None, None, object]) -> bool:
    """Whether it waits for something that has not happened; it is given up."""
    task = asyncio.ensure_future(coroutine)
    done, _ = await asyncio.wait([task], timeout=0.02)
    task.cancel()
    return not done


async def test_it_knows_what_is_in_flight() -> None:
    flight = airfield([0, 1])
    first = take(flight, 0, 2, size=10)
    second = take(flight, 2, 1, size=5)
    assert (flight.count, flight.bytes) == (2, 15)
    assert flight.oldest_timestamp() == NOW
    assert flight.assignment.parts[place(0)].next == 3
    flight.landed(first, published=True)
    assert (flight.count, flight.bytes) == (1, 5)
    assert flight.assignment.parts[place(0)].published == 2
    assert flight.oldest_timestamp() == NOW + 2
    flight.landed(second, published=True)
    assert flight.oldest_timestamp() is None


async def test_there_is_room_again_once_enough_has_landed() -> None:
    flight = airfield(most_bytes=10)
    first, second = take(flight, 0, size=9), take(flight, 1, size=9)
    waiting = asyncio.create_task(flight.room())
    flight.landed(first, published=True)
    async with asyncio.timeout(1):
        await waiting
    flight.landed(second, published=True)


async def test_there_is_no_room_while_batches_hold_all_of_it() -> None:
    flight = airfield(most_bytes=10)
    take(flight, 0, size=10)
    assert await is_waiting(flight.room())


async def test_everybody_who_waits_for_a_landing_is_woken() -> None:
    flight = airfield(most_bytes=1)
    batch = take(flight, 0)
    waiting = [asyncio.create_task(w) for w in (flight.room(), flight.landing(), flight.drain(9))]
    await asyncio.sleep(0)
    flight.landed(batch, published=True)
    async with asyncio.timeout(1):
        await asyncio.gather(*waiting)


async def test_a_drain_waits_for_what_runs_and_starts_nothing() -> None:
    flight = airfield()
    running, waiting = take(flight, 0), take(flight, 1)
    assert flight.starts(running)
    drained = asyncio.create_task(flight.drain(9))
    await asyncio.sleep(0)
    assert not flight.starts(waiting)
    assert not flight.takes(flight.turns.generation)
    flight.landed(waiting, published=False)
    assert not drained.done()
    flight.landed(running, published=True)
    assert await drained
    assert flight.assignment.parts[place(0)].published == 1


async def test_a_drain_ends_at_its_limit() -> None:
    flight = airfield()
    take(flight, 0)
    assert not await flight.drain(0.01)


async def test_a_batch_that_is_given_up_in_a_drain_does_not_hold_those_behind_it() -> None:
    """It waited for a rung; those behind it were answered, and wait for its turn."""
    flight = airfield()
    given_up, behind = take(flight, 0), take(flight, 1)
    drained = asyncio.create_task(flight.drain(5))
    await asyncio.sleep(0)
    flight.landed(given_up, published=False)
    async with asyncio.timeout(1):
        assert not await behind.turn.come()
        flight.landed(behind, published=False)
        assert await drained
    assert flight.assignment.parts[place(0)].published == 0


async def test_the_end_of_a_generation_leaves_nothing_in_flight_and_publishes_nothing() -> None:
    flight = airfield()
    batch = take(flight, 0)
    generation = flight.turns.generation
    flight.end()
    assert not flight.starts(batch)
    assert not flight.takes(generation)
    assert (flight.count, flight.assignment.partitions) == (0, set())
    flight.begin([place(0)])
    flight.assignment.settle(place(0), 0, "")
    flight.landed(batch, published=True)
    assert flight.assignment.parts[place(0)].published == 0


async def test_only_what_computes_grows_old() -> None:
    flight = airfield()
    waiting, computing = take(flight, 0), take(flight, 1)
    assert flight.oldest() == 0
    flight.starts(computing)
    await until(lambda: flight.oldest() > 0.01)
    flight.computed(computing)
    assert flight.oldest() == 0
    flight.landed(waiting, published=True)


async def test_a_suspected_batch_does_not_grow_old_since_its_child_has_a_limit_of_its_own() -> None:
    flight = airfield(marks=["o"])
    batch = take(flight, 0)
    assert batch.careful
    assert flight.starts(batch)
    await asyncio.sleep(0.002)
    assert flight.oldest() == 0


async def test_suspected_partitions_are_not_read_while_one_suspected_batch_is_in_flight() -> None:
    flight = airfield([0, 1, 2], marks=["o", "o", ""])
    assert flight.readable() == {place(0), place(1), place(2)}
    batch = take(flight, 0, partition=0)
    assert flight.readable() == {place(2)}
    flight.landed(batch, published=True)
    assert flight.readable() == {place(0), place(1), place(2)}


async def test_what_lies_behind_a_suspicion_is_not_read_before_that_is_through() -> None:
    flight = airfield([0, 1], marks=["c5", ""])
    batch = take(flight, 0, 9)
    assert flight.readable() == {place(1)}
    flight.landed(batch, published=True)
    assert flight.readable() == {place(0), place(1)}


@pytest.mark.parametrize("settled", [True, False])
async def test_partitions_are_read_once_it_is_known_where_they_stand(*, settled: bool) -> None:
    flight = Flight(Assignment(10), 10)
    assert not flight.joined
    flight.begin([place(0)])
    if settled:
        flight.assignment.settle(place(0), 0, "")
    assert flight.joined
    assert flight.readable() == ({place(0)} if settled else set())


async def test_a_cut_of_several_partitions_counts_in_each() -> None:
    flight = airfield([0, 1])
    both = cut(0, 2, 0)
    both.ends[place(1)] = 7
    batch = flight.take(both, careful=False)
    flight.landed(batch, published=True)
    assert flight.assignment.parts[place(0)].published == 2
    assert flight.assignment.parts[place(1)].published == 7
