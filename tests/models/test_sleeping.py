import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from folders import lay

import graphs
from inference.engines.runtime.onnx import Network
from inference.engines.runtime.pieces import Batch
from inference.engines.runtime.sleeper import Sleeper
from inference.errors import Misconfigured, Unavailable

LIMIT = 5.0
PICTURES = np.ones((2, 3, 16, 16), np.float32)
MEANS = [[1.0, 1.0, 1.0]] * 2


class Door:
    """Opens the network of a file, and counts how often."""

    def __init__(self, path: Path) -> None:
        self.path, self.times, self.heard = path, 0, list[int]()

    def open(self) -> Network:
        self.times += 1
        if not self.path.exists():
            message = f"{self.path} is not there"
            raise Misconfigured(message)
        return Network(self.path)


class Held(Network):
    """A network whose batches take until they are let go."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.started, self.free = threading.Event(), threading.Event()

    def run(self, batch: Batch) -> Batch:
        self.started.set()
        assert self.free.wait(LIMIT)
        return super().run(batch)


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(lay(tmp_path / "m.onnx"))


@pytest.fixture
def sleeper(door: Door) -> Iterator[Sleeper]:
    opened = Sleeper(door.open, idle=0.05, told=door.heard.append)
    yield opened
    opened.close()


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_a_network_that_nobody_asks_is_closed_and_opened_again(
    sleeper: Sleeper, door: Door
) -> None:
    assert sleeper.awake
    assert sleeper.run(PICTURES).tolist() == MEANS
    until(lambda: not sleeper.awake)
    assert sleeper.run(PICTURES).tolist() == MEANS
    assert (sleeper.awake, door.times) == (True, 2)
    assert sleeper.input == ("images", "float32", (None, 3, 16, 16))


def test_what_it_holds_is_told_and_nothing_while_it_is_closed(sleeper: Sleeper, door: Door) -> None:
    until(lambda: not sleeper.awake)
    assert door.heard == [sleeper.memory, 0]


def test_without_a_time_it_stays_open_and_starts_no_thread(door: Door) -> None:
    before = threading.active_count()
    assert Sleeper(door.open).awake
    assert threading.active_count() == before


def test_many_that_find_it_closed_open_it_once(sleeper: Sleeper, door: Door) -> None:
    until(lambda: not sleeper.awake)
    with ThreadPoolExecutor(8) as threads:
        given = list(threads.map(sleeper.run, [PICTURES] * 40))
    assert door.times == 2
    assert all(rows.tolist() == MEANS for rows in given)


def test_a_batch_that_is_computed_keeps_it_open(door: Door) -> None:
    held, clock = Held(door.path), iter(range(0, 10_000, 100))
    sleeper = Sleeper(lambda: held, idle=50, now=lambda: next(clock))
    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(sleeper.run, PICTURES)
        assert held.started.wait(LIMIT)
        sleeper.look()
        assert sleeper.awake
        held.free.set()
        assert answer.result(LIMIT).tolist() == MEANS
    sleeper.look()
    assert not sleeper.awake


def test_a_batch_in_flight_is_answered_though_it_is_closed(door: Door) -> None:
    held = Held(door.path)
    sleeper = Sleeper(lambda: held)
    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(sleeper.run, PICTURES)
        assert held.started.wait(LIMIT)
        sleeper.close()
        held.free.set()
        assert answer.result(LIMIT).tolist() == MEANS


def test_what_cannot_be_opened_again_can_wait(sleeper: Sleeper, door: Door) -> None:
    until(lambda: not sleeper.awake)
    door.path.unlink()
    with pytest.raises(Unavailable, match="is not there"):
        sleeper.run(PICTURES)
    lay(door.path, graphs.channel_means(factor=2))
    assert sleeper.run(PICTURES).tolist() == [[2.0, 2.0, 2.0]] * 2


def test_what_cannot_be_opened_at_all_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="is not there"):
        Sleeper(Door(tmp_path / "none.onnx").open)
