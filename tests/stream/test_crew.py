import ast
import asyncio
import gc
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from memory_broker import RESULTS, MemoryBroker, publishing
from test_carrier import Ladder, batches
from traffic import airfield, place, take
from waiting import until

from inference.stream import reader
from inference.stream.batch import Batch
from inference.stream.carrier import Carrier
from inference.stream.crew import crew
from inference.stream.gate import Gate


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """Faust opens a loop for the thread of its consumer, which stays off, and never closes it."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


async def test_every_batch_is_carried_once_by_an_agent_and_published() -> None:
    flight, broker, ladder = airfield(), MemoryBroker(), Ladder()
    carrier = Carrier("echo", 2, flight, Gate(), publishing(broker))
    ladder.up.set()
    went_through: list[Batch] = []
    published = batches("published")

    async def carry(batch: Batch) -> None:
        went_through.append(batch)
        await carrier.carry(batch, ladder.travel)

    async with crew("counted", 4, carry) as members:
        handed = [take(flight, 3 * n, 3) for n in range(50)]
        for batch in handed:
            await members.hand_on(batch)
        async with asyncio.timeout(5):
            while flight.count:
                await flight.landing()
    assert len(went_through) == batches("published") - published == 50
    assert {id(batch) for batch in went_through} == {id(batch) for batch in handed}
    assert broker.values(RESULTS, 0) == [str(n).encode() for n in range(150)]
    assert flight.assignment.parts[place(0)].published == 150


def test_the_reader_never_calls_the_journey() -> None:
    tree = ast.parse(Path(reader.__file__).read_text(encoding="utf-8"))
    imported = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert "inference.journey" not in imported
    assert not {name for name in imported if name and name.startswith("inference.opening")}


async def test_while_all_agents_are_busy_nothing_more_is_handed_on() -> None:
    busy, flight = asyncio.Event(), airfield()
    carried: list[Batch] = []

    async def carry(batch: Batch) -> None:
        carried.append(batch)
        await busy.wait()

    async with crew("busy", 2, carry) as members:

        async def hand_on_many() -> None:
            for n in range(10):
                await members.hand_on(take(flight, n))

        handing = asyncio.create_task(hand_on_many())
        await asyncio.wait([handing], timeout=0.3)
        assert len(carried) == 2
        assert flight.count <= 4
        busy.set()
        async with asyncio.timeout(5):
            await handing


async def test_an_exception_in_an_agent_comes_to_light_and_the_others_go_on() -> None:
    carried: list[Batch] = []
    flight = airfield()

    async def carry(batch: Batch) -> None:
        if not carried:
            carried.append(batch)
            raise ZeroDivisionError
        carried.append(batch)

    async with crew("broken", 2, carry) as members:
        for n in range(5):
            await members.hand_on(take(flight, n))
        with pytest.raises(ZeroDivisionError):
            async with asyncio.timeout(5):
                await members.failed
        await until(lambda: len(carried) == 5)


async def test_a_crew_ends_although_a_batch_never_does() -> None:
    started = asyncio.Event()

    async def carry(_: Batch) -> None:
        started.set()
        await asyncio.Event().wait()

    async with asyncio.timeout(10):
        async with crew("stuck", 2, carry) as members:
            await members.hand_on(take(airfield(), 0))
            await started.wait()
