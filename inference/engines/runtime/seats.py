"""Room in a device for whole batches, made once for each size and used again and again.

rows -> pinned memory -> the device's input -> run -> the device's output -> rows
"""

from collections.abc import Callable
from queue import Queue
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from inference.engines.runtime.buckets import bucket

Array = npt.NDArray[Any]
Shape = tuple[int, ...]


class Buffer(Protocol):
    """A tensor in the device's memory."""

    def update_inplace(self, data: Array) -> None:
        """Copy from here to there."""
        ...

    def numpy(self) -> Array:
        """Copy from there to here."""
        ...


class Ends(NamedTuple):
    """The names of a graph's input and output, and what a row of the input is."""

    input: str
    output: str
    row: Shape
    dtype: np.dtype[Any]


class Card(NamedTuple):
    """What of a device is needed; ONNX Runtime's own objects fill it."""

    kind: str
    """`cuda`, or `cpu` in tests."""
    number: int
    binding: Callable[[], Any]
    """An empty binding of a session's inputs and outputs."""
    room: Callable[[Shape, np.dtype[Any]], Buffer]
    """Memory in the device."""
    staging: Callable[[Shape, np.dtype[Any]], Array]
    """Memory here that the device copies from; pinned where it can be."""
    run: Callable[[Any], None]
    """Computes what is bound."""


class Bound:
    """The buffers of one size; the output's is the one that the first run brought forth."""

    def __init__(self, card: Card, ends: Ends, size: int) -> None:
        self._card, self._ends = card, ends
        self._input = card.room((size, *ends.row), ends.dtype)
        self._binding = card.binding()
        self._binding.bind_ortvalue_input(ends.input, self._input)
        self._binding.bind_output(ends.output, card.kind, card.number)
        self._output: Buffer | None = None

    def run(self, staged: Array) -> Array:
        """What the graph gives for rows that lie ready."""
        self._input.update_inplace(staged)
        self._card.run(self._binding)
        if self._output is None:
            output = self._binding.get_outputs()[0]
            self._binding.bind_ortvalue_output(self._ends.output, output)
            self._output = output
        return self._output.numpy()


class Seat:
    """Buffers of every size, for one thread at a time."""

    def __init__(self, card: Card, ends: Ends) -> None:
        self._card, self._ends = card, ends
        self._bound: dict[int, Bound] = {}
        self._staging: Array | None = None

    def run(self, rows: Array, most: int) -> Array:
        """What the graph gives for some rows; buffers for more than `most` are let go first."""
        for size in [size for size in self._bound if size > bucket(most)]:
            del self._bound[size]
        size = bucket(len(rows))
        staged = self._staged(size)
        np.copyto(staged[: len(rows)], rows, casting="same_kind")
        if size not in self._bound:
            self._bound[size] = Bound(self._card, self._ends, size)
        # Copied, since what lies on the CPU would be seen through to the buffer itself.
        return np.array(self._bound[size].run(staged)[: len(rows)])

    def _staged(self, size: int) -> Array:
        """One piece of memory serves all sizes: a batch lies at its beginning."""
        if self._staging is None or len(self._staging) < size:
            self._staging = None
            self._staging = self._card.staging((size, *self._ends.row), self._ends.dtype)
        return self._staging[:size]


class Seats:
    """As many batches in the device as there are seats, in turn; who comes next waits."""

    def __init__(self, card: Card, ends: Ends, count: int) -> None:
        self._free: Queue[Seat] = Queue()
        for _ in range(count):
            self._free.put(Seat(card, ends))

    def run(self, rows: Array, most: int) -> Array:
        """What the graph gives for some rows."""
        seat = self._free.get()
        try:
            return seat.run(rows, most)
        finally:
            self._free.put(seat)
