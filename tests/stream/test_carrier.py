import asyncio
import time
from collections.abc import Sequence

import pytest
from memory_broker import RESULTS, MemoryBroker, publishing
from prometheus_client import REGISTRY
from traffic import airfield, place, result, take
from waiting import until

from inference.contract import Arrival, Departure
from inference.journey import Trip
from inference.ladder import Waits
from inference.stream.batch import Batch
from inference.stream.carrier import Carrier
from inference.stream.flight import Flight
from inference.stream.gate import Gate


class Ladder:
    """Answers, while it is up; tells how many batches it had at the same time."""

    def __init__(self) -> None:
        self.up = asyncio.Event()
        self.available = True
        self.now = self.most = 0
        self.kept: set[int] = set()

    async def travel(self, arrivals: Sequence[Arrival]) -> Trip:
        if not self.available:
            return Trip([self._from_the_cache(arrival) for arrival in arrivals], {})
        self.now += 1
        self.most = max(self.most, self.now)
        await self.up.wait()
        self.now -= 1
        return Trip([answer(a) for a in arrivals], {"answer": 0.1})

    def _from_the_cache(self, arrival: Arrival) -> Departure | Waits:
        return answer(arrival) if arrival.offset in self.kept else Waits("no rung is left")


def answer(arrival: Arrival) -> Departure:
    return result(arrival, str(arrival.offset).encode())


class Bench:
    """A carrier with everything it needs, in memory."""

    def __init__(self, workers: int = 2) -> None:
        self.flight: Flight = airfield([0, 1])
        self.gate, self.ladder, self.broker = Gate(), Ladder(), MemoryBroker()
        self.carrier = Carrier("echo", workers, self.flight, self.gate, publishing(self.broker))

    def carry(self, batch: Batch) -> asyncio.Task[None]:
        return asyncio.create_task(self.carrier.carry(batch, self.ladder.travel))

    @property
    def published(self) -> int:
        return self.flight.assignment.parts[place(0)].published


def batches(step: str) -> float:
    return REGISTRY.get_sample_value("inference_batches_total", {"lane": "echo", "step": step}) or 0


async def test_what_a_batch_becomes_is_published_and_then_noted_down() -> None:
    bench = Bench()
    bench.ladder.up.set()
    before = batches("carried"), batches("published")
    await bench.carry(take(bench.flight, 0, 3))
    assert bench.broker.values(RESULTS, 0) == [b"0", b"1", b"2"]
    assert (bench.published, bench.flight.count) == (3, 0)
    assert (batches("carried"), batches("published")) == (before[0] + 1, before[1] + 1)


async def test_at_most_so_many_batches_are_computed_at_once() -> None:
    bench = Bench(workers=2)
    tasks = [bench.carry(take(bench.flight, n)) for n in range(5)]
    await until(lambda: bench.ladder.now == 2)
    bench.ladder.up.set()
    await asyncio.gather(*tasks)
    assert bench.ladder.most == 2
    assert bench.published == 5


async def test_who_waits_for_its_turn_keeps_no_worker() -> None:
    bench, slow = Bench(workers=1), Ladder()
    bench.ladder.up.set()
    first = take(bench.flight, 0)
    second = bench.carry(take(bench.flight, 1))
    other = bench.carry(take(bench.flight, 0, partition=1))
    await other
    assert not second.done()
    slow.up.set()
    await bench.carrier.carry(first, slow.travel)
    await second
    assert bench.broker.values(RESULTS, 0) == [b"0", b"1"]


async def test_while_nobody_can_answer_it_waits_and_goes_on_within_a_second() -> None:
    bench = Bench()
    bench.ladder.available = False
    carried = bench.carry(take(bench.flight, 0))
    await until(lambda: bool(bench.gate.reasons))
    assert bench.gate.reasons == {"rungs": "no rung is left"}
    assert bench.flight.oldest() == 0
    bench.ladder.available = True
    bench.ladder.up.set()
    since = time.monotonic()
    await carried
    assert time.monotonic() - since < 1
    assert not bench.gate.reasons
    assert bench.published == 1


async def test_answers_kept_from_before_are_given_up_to_the_first_that_has_to_be_computed() -> None:
    bench = Bench()
    bench.ladder.available, bench.ladder.kept = False, {0, 1, 3}
    carried = bench.carry(take(bench.flight, 0, 4))
    await until(lambda: bench.published == 2)
    assert bench.broker.values(RESULTS, 0) == [b"0", b"1"]
    bench.ladder.available = True
    bench.ladder.up.set()
    await carried
    assert bench.broker.values(RESULTS, 0) == [b"0", b"1", b"2", b"3"]
    assert (bench.published, bench.flight.count) == (4, 0)


async def test_what_waits_behind_a_batch_that_waits_does_not_overtake_it() -> None:
    bench = Bench()
    bench.ladder.available, bench.ladder.kept = False, {1}
    carried = [bench.carry(take(bench.flight, n)) for n in range(2)]
    await until(lambda: bool(bench.gate.reasons))
    await asyncio.sleep(0.01)
    assert bench.broker.values(RESULTS, 0) == []
    bench.ladder.available = True
    bench.ladder.up.set()
    await asyncio.gather(*carried)
    assert bench.broker.values(RESULTS, 0) == [b"0", b"1"]


async def test_a_batch_that_waits_for_a_rung_is_dropped_when_its_partitions_go() -> None:
    bench = Bench()
    bench.ladder.available = False
    carried = bench.carry(take(bench.flight, 0))
    await until(lambda: bool(bench.gate.reasons))
    assert await bench.flight.drain(1)
    await carried
    assert (bench.published, bench.broker.values(RESULTS)) == (0, [])


async def test_the_gate_does_not_stay_closed_for_a_batch_that_is_gone() -> None:
    bench = Bench()
    bench.ladder.available = False
    carried = bench.carry(take(bench.flight, 0))
    await until(lambda: bool(bench.gate.reasons))
    bench.flight.end()
    await carried
    assert not bench.gate.reasons


@pytest.mark.parametrize("computed", [True, False])
async def test_a_stale_batch_is_neither_published_nor_committed(*, computed: bool) -> None:
    """Whether its partitions went before it was computed or while it was."""
    bench = Bench()
    dropped = batches("dropped")
    carried = bench.carry(take(bench.flight, 0))
    if computed:
        await until(lambda: bench.ladder.now == 1)
    bench.flight.end()
    bench.flight.begin([place(0)])
    bench.flight.assignment.settle(place(0), 0, "")
    bench.ladder.up.set()
    await carried
    assert (bench.published, bench.broker.values(RESULTS)) == (0, [])
    assert batches("dropped") == dropped + 1


async def test_a_batch_that_has_not_started_is_dropped_in_a_drain() -> None:
    bench = Bench(workers=1)
    running, waiting = (bench.carry(take(bench.flight, n)) for n in range(2))
    await until(lambda: bench.ladder.now == 1)
    drained = asyncio.create_task(bench.flight.drain(5))
    await asyncio.sleep(0)
    bench.ladder.up.set()
    assert await drained
    await asyncio.gather(running, waiting)
    assert bench.broker.values(RESULTS) == [b"0"]
    assert bench.published == 1


async def test_an_error_on_the_way_is_no_batch_in_computation_any_more() -> None:
    async def break_down(_: Sequence[Arrival]) -> Trip:
        raise ZeroDivisionError

    bench = Bench()
    with pytest.raises(ZeroDivisionError):
        await bench.carrier.carry(take(bench.flight, 0), break_down)
    assert REGISTRY.get_sample_value("active_inference_tasks", {"lane": "echo"}) == 0
    assert bench.flight.oldest() == 0
    assert bench.published == 0
