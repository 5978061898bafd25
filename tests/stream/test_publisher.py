import asyncio
from collections.abc import Iterator, Sequence
from itertools import islice, repeat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from memory_broker import LOST, RESULTS, UNHEARD, Fault, MemoryBroker, publishing
from traffic import arrival, dead_letter, result

from inference.contract import Departure, Destination, Reason

pytestmark = pytest.mark.usefixtures("at_once")


def results(count: int, partitions: int = 1) -> list[Departure]:
    """`0-0, 0-1, 1-0...`: partition and number in it, as they come in one batch."""
    places = [(n % partitions, n // partitions) for n in range(count)]
    return [result(arrival(n, p), f"{p}-{n}".encode()) for p, n in places]


def values(partition: int, numbers: Sequence[int]) -> list[bytes]:
    return [f"{partition}-{number}".encode() for number in numbers]


async def test_each_departure_goes_to_its_inputs_partition_in_order() -> None:
    broker = MemoryBroker(partitions=2)
    await publishing(broker).publish(results(9, partitions=3))
    assert broker.values(RESULTS, 1) == values(1, range(3))
    assert broker.values(RESULTS, 0) == [
        v for n in range(3) for v in (f"0-{n}".encode(), f"2-{n}".encode())
    ]


async def test_keys_headers_and_tombstones_go_out_as_they_are() -> None:
    broker = MemoryBroker(partitions=1)
    bare = arrival(0)._replace(key=None)
    departure = Departure(bare, Destination.RESULTS, None, [("name", b"\xff"), ("more", b"")])
    await publishing(broker).publish([departure])
    (written,) = broker.records[RESULTS, 0]
    assert written == (None, None, {"name": b"\xff", "more": b""})


async def test_only_what_failed_is_sent_again() -> None:
    broker = MemoryBroker(fate=iter([Fault(), LOST, Fault()]))
    await publishing(broker).publish(results(6, partitions=3))
    assert [broker.values(RESULTS, p) for p in range(3)] == [values(p, range(2)) for p in range(3)]


async def test_a_batch_larger_than_a_produce_batch_leaves_in_pieces_and_in_order() -> None:
    broker = MemoryBroker(partitions=1, fate=iter([Fault(), LOST, Fault(), LOST]))
    await publishing(broker).publish(results(200))
    assert broker.values(RESULTS) == values(0, range(200))
    assert len(broker.sizes) > 2


@settings(deadline=None)
@given(st.lists(st.sampled_from([Fault(), LOST, UNHEARD]), max_size=20), st.integers(0, 150))
def test_whatever_fails_nothing_is_missing_and_what_comes_first_is_in_order(
    fate: list[Fault], count: int
) -> None:
    broker = MemoryBroker(fate=iter(fate))
    asyncio.run(publishing(broker).publish(results(count, partitions=3)))
    for p in range(3):
        seen = list(dict.fromkeys(broker.values(RESULTS, p)))
        assert seen == values(p, range(len(range(p, count, 3))))
    if UNHEARD not in fate:
        assert len(broker.values(RESULTS)) == count


async def test_concurrent_publishers_replace_a_producer_that_failed_once_for_all() -> None:
    broker = MemoryBroker(fate=iter([LOST, LOST, LOST]))
    publishers = publishing(broker)
    departures = results(30, partitions=3)
    await asyncio.gather(*(publishers.publish(departures[p::3]) for p in range(3)))
    assert [broker.values(RESULTS, p) for p in range(3)] == [values(p, range(10)) for p in range(3)]
    assert len(broker.producers) == 2
    assert [producer.stopped for producer in broker.producers] == [True, False]


async def test_a_retired_producer_still_owes_its_answers_and_nothing_is_sent_twice() -> None:
    broker = MemoryBroker(fate=iter([Fault(), LOST]))
    publishers, answered = publishing(broker), asyncio.Event()
    await publishers.publish([result(arrival(0, 2), b"first")])
    at_once, broker.producers[0].answering = broker.producers[0].answering, answered.wait
    slow = asyncio.create_task(publishers.publish(results(2)))
    await asyncio.sleep(0.01)
    broker.producers[0].answering = at_once
    await publishers.publish([result(arrival(0, 1), b"1-0")])
    assert len(broker.producers) == 2
    assert not slow.done()
    answered.set()
    await slow
    assert broker.values(RESULTS, 0) == values(0, range(2))


async def test_while_it_fails_it_says_so_and_afterwards_no_more() -> None:
    broker = MemoryBroker()
    publishers = publishing(broker)
    said: list[str | None] = []

    def fate() -> Iterator[Fault]:
        yield LOST
        said.append(publishers.trouble)
        yield Fault()

    broker.fate = fate()
    await publishers.publish(results(1))
    assert said == ["publishing fails with NotLeaderForPartitionError and is tried again"]
    assert publishers.trouble is None


async def test_it_tries_for_ever() -> None:
    broker = MemoryBroker(fate=islice(repeat(LOST), 200))
    await publishing(broker).publish(results(1))
    assert broker.values(RESULTS) == values(0, range(1))


async def test_a_producer_that_does_not_end_keeps_nobody() -> None:
    broker = MemoryBroker()
    publishers = publishing(broker)
    await publishers.publish([dead_letter(arrival(0), Reason.REFUSED)])
    broker.producers[0].stopping = asyncio.Event().wait
    async with asyncio.timeout(1):
        await publishers.stop(0.01)
