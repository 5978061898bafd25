"""What batches go through on a GPU, on the CPU provider: the same code, another device."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import graphs
from inference.engines.runtime.failures import OutOfMemory
from inference.engines.runtime.onnx import Network
from inference.engines.runtime.providers import CPU, Plan
from inference.engines.runtime.seats import Card, Ends, Seats

BUFFERED = Plan(((CPU, {}),), buffers=True)
ENDS = Ends("in", "out", (2,), np.dtype(np.float32))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return graphs.write(tmp_path / "m", graphs.description()) / "model.onnx"


def pictures(count: int) -> np.ndarray:
    return np.random.default_rng(count).random((count, 3, 16, 16), np.float32)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 100, 128, 200])
def test_answers_are_those_of_a_plain_run_whatever_the_number(path: Path, count: int) -> None:
    plain, buffered = Network(path), Network(path, BUFFERED)
    for batch in (pictures(count), pictures(count)[::-1]):
        assert np.allclose(buffered.run(batch), plain.run(batch), atol=1e-6)


def test_an_answer_is_not_overwritten_by_the_next_one(path: Path) -> None:
    network = Network(path, BUFFERED)
    first = network.run(pictures(4))
    kept = first.copy()
    network.run(pictures(3))
    assert np.array_equal(first, kept)


def test_threads_that_are_more_than_the_seats_get_their_own_answers(path: Path) -> None:
    plain, buffered = Network(path), Network(path, BUFFERED)

    def right(count: int) -> bool:
        return np.allclose(buffered.run(pictures(count)), plain.run(pictures(count)))

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(right, [*range(1, 9)] * 20))


class Rows:
    """A tensor of a device that has room for some rows only."""

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        self.held = np.zeros(shape, dtype)

    def update_inplace(self, data: np.ndarray) -> None:
        self.held[...] = data

    def numpy(self) -> np.ndarray:
        return self.held.copy()


class Doubling:
    """A binding whose graph doubles."""

    def __init__(self) -> None:
        self.output: Rows | None = None

    def bind_ortvalue_input(self, _: str, value: Rows) -> None:
        self.input = value

    def bind_ortvalue_output(self, _: str, value: Rows) -> None:
        self.output = value

    def bind_output(self, *_: object) -> None:
        self.output = None

    def run(self) -> None:
        held = self.input.held
        self.output = self.output or Rows(held.shape, held.dtype)
        self.output.held[...] = 2 * held

    def get_outputs(self) -> list[Rows]:
        assert self.output is not None
        return [self.output]


def card(room: Callable[..., Rows] = Rows) -> Card:
    return Card("cpu", 0, Doubling, room, np.zeros, Doubling.run)


def test_buffers_are_made_once_for_each_size() -> None:
    made: list[tuple[int, ...]] = []

    def room(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Rows:
        made.append(shape)
        return Rows(shape, dtype)

    seats = Seats(card(room), ENDS, 1)
    for count in (1, 3, 4, 3, 1, 4):
        rows = np.full((count, 2), count, np.float32)
        assert np.array_equal(seats.run(rows, 128), 2 * rows)
    assert made == [(1, 2), (4, 2)]


def test_buffers_that_have_no_room_any_more_are_let_go() -> None:
    made: list[int] = []

    def room(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Rows:
        made.append(shape[0])
        return Rows(shape, dtype)

    seats = Seats(card(room), ENDS, 1)
    for count, most in ((8, 8), (2, 4), (8, 8)):
        seats.run(np.ones((count, 2), np.float32), most)
    assert made == [8, 2, 8]


def test_a_seat_is_free_again_after_a_failure() -> None:
    def room(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Rows:
        if shape[0] > 2:
            raise OutOfMemory
        return Rows(shape, dtype)

    seats = Seats(card(room), ENDS, 1)
    with pytest.raises(OutOfMemory):
        seats.run(np.ones((4, 2), np.float32), 128)
    assert seats.run(np.ones((2, 2), np.float32), 2).shape == (2, 2)
