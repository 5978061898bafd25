import asyncio
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from memory_consumer import MemoryConsumer
from traffic import airfield, place, take

from inference.lane import BatchPolicy, Caps
from inference.stream.fetching import Fetching


def counted(found: object) -> dict[int, int]:
    assert isinstance(found, dict)
    return {tp.partition: len(records) for tp, records in found.items()}


async def test_a_quiet_partition_is_in_the_next_batch_however_flooded_the_others_are() -> None:
    consumer = MemoryConsumer(dict.fromkeys(range(7), 100_000) | {7: 0})
    fetching, flight = Fetching(consumer, BatchPolicy(cap=256)), airfield(range(8))
    await fetching.fetch(flight)
    for _ in range(8):
        consumer.add(7, 1)
        assert counted(await fetching.fetch(flight))[7] == 1


async def test_what_quiet_partitions_leave_is_filled_up_by_the_flooded_ones() -> None:
    consumer = MemoryConsumer({0: 0, 1: 3, 2: 1000})
    found = await Fetching(consumer, BatchPolicy(cap=100)).fetch(airfield(range(3)))
    assert counted(found) == {1: 3, 2: 97}


async def test_a_partition_alone_gets_the_whole_batch() -> None:
    consumer = MemoryConsumer({0: 1000})
    found = await Fetching(consumer, BatchPolicy(cap=100)).fetch(airfield([0]))
    assert [record.offset for record in found[place(0)]] == list(range(100))


async def test_with_more_partitions_than_the_cap_everybody_has_a_turn() -> None:
    consumer = MemoryConsumer(dict.fromkeys(range(24), 1000))
    fetching, flight = Fetching(consumer, BatchPolicy(cap=8)), airfield(range(24))
    served: Counter[int] = Counter()
    for _ in range(3 + 24):
        served.update(counted(await fetching.fetch(flight)))
    assert set(served.values()) == {1 + 8}


async def test_a_backlog_leaves_in_batches_of_one_partition_each() -> None:
    consumer = MemoryConsumer(dict.fromkeys(range(3), 1000))
    fetching, flight = Fetching(consumer, BatchPolicy(cap=30)), airfield(range(3))
    first, *rest = [counted(await fetching.fetch(flight)) for _ in range(4)]
    assert first == {0: 10, 1: 10, 2: 10}
    assert sorted(rest, key=list) == [{0: 30}, {1: 30}, {2: 30}]


@settings(deadline=None)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=6), st.integers(1, 30))
def test_everything_is_fetched_once_and_in_order_in_batches_of_at_most_the_cap(
    waiting: list[int], cap: int
) -> None:
    async def run() -> None:
        consumer = MemoryConsumer(dict(enumerate(waiting)))
        fetching, flight = Fetching(consumer, BatchPolicy(cap=cap)), airfield(range(len(waiting)))
        offsets: dict[int, list[int]] = {p: [] for p in range(len(waiting))}
        for _ in range(sum(waiting)):
            found = await fetching.fetch(flight)
            assert 0 < sum(map(len, found.values())) <= cap
            for tp, records in found.items():
                offsets[tp.partition] += [record.offset for record in records]
            if not any(consumer.waiting.values()):
                break
        assert offsets == {p: list(range(count)) for p, count in enumerate(waiting)}

    asyncio.run(run())


async def test_nothing_to_read_gives_nothing_after_a_moment() -> None:
    consumer = MemoryConsumer({0: 0})
    assert await Fetching(consumer, BatchPolicy()).fetch(airfield([0])) == {}
    assert consumer.waited == [200]


async def test_a_record_that_comes_while_it_waits_is_taken_at_once() -> None:
    consumer = MemoryConsumer({0: 0})
    fetching = asyncio.create_task(Fetching(consumer, BatchPolicy()).fetch(airfield([0])))
    await asyncio.sleep(0)
    consumer.add(0, 2)
    assert counted(await fetching) == {0: 2}


async def test_by_default_nobody_waits_for_more() -> None:
    consumer = MemoryConsumer({0: 1})
    assert counted(await Fetching(consumer, BatchPolicy(cap=9)).fetch(airfield([0]))) == {0: 1}
    assert not consumer.waited


async def test_with_a_linger_a_batch_that_is_not_full_waits_for_more() -> None:
    consumer = MemoryConsumer({0: 1})
    policy = BatchPolicy(cap=9, linger=0.01)
    fetching = asyncio.create_task(Fetching(consumer, policy).fetch(airfield([0])))
    await asyncio.sleep(0)
    consumer.add(0, 3)
    assert counted(await fetching) == {0: 4}


async def test_a_suspected_partition_waits_for_the_landing_of_the_suspected_batch() -> None:
    consumer = MemoryConsumer({0: 5})
    fetching, flight = Fetching(consumer, BatchPolicy()), airfield([0], marks=["c9"])
    batch = take(flight, 0)
    waiting = asyncio.create_task(fetching.fetch(flight))
    await asyncio.sleep(0)
    assert not waiting.done()
    flight.landed(batch, published=True)
    assert await waiting == {}
    assert counted(await fetching.fetch(flight)) == {0: 5}


async def test_other_partitions_are_read_while_a_suspected_batch_is_in_flight() -> None:
    consumer = MemoryConsumer({0: 5, 1: 5})
    flight = airfield([0, 1], marks=["c9", ""])
    take(flight, 0)
    assert counted(await Fetching(consumer, BatchPolicy()).fetch(flight)) == {1: 5}


async def test_a_backlog_is_read_in_batches_as_large_as_the_rung_likes() -> None:
    consumer = MemoryConsumer({0: 1000, 1: 1})
    fetching = Fetching(consumer, BatchPolicy(cap=9), lambda: Caps(steady=4, backlog=64))
    flight = airfield([0, 1])
    assert counted(await fetching.fetch(flight)) == {0: 63, 1: 1}
    assert counted(await fetching.fetch(flight)) == {0: 64}
