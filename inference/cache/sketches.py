"""Finds what is much like something seen before, by sketches: equal places tell how much."""

import struct
from array import array
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Generic, NamedTuple, TypeVar

V = TypeVar("V")

# Two that agree in 0.8 of their places share a band with a probability of 0.998.
ROWS = 6
ENOUGH = 0.8

Sketch = Sequence[int]


class Found(NamedTuple, Generic[V]):
    """What lay there, and how much its sketch is like the one that was asked for."""

    value: V
    likeness: float


def packed(sketch: Sketch) -> bytes:
    """As it leaves the process."""
    return struct.pack(f"<{len(sketch)}I", *sketch)


def unpacked(data: bytes) -> Sketch:
    """As it was before it left; raises struct.error where it is no sketch."""
    return struct.unpack(f"<{len(data) // 4}I", data)


def bands(sketch: Sketch) -> Iterator[str]:
    """Names; sketches that are much alike have at least one of them in common."""
    for start in range(0, len(sketch) - ROWS + 1, ROWS):
        rows = packed(sketch[start : start + ROWS])
        yield f"{start}-{blake2b(rows, digest_size=8).hexdigest()}"


def likeness(one: Sketch, other: Sketch) -> float:
    """The share of places in which they agree, an estimate of what their texts have in common."""
    if len(one) != len(other) or not one:
        return 0.0
    return sum(map(int.__eq__, one, other)) / len(one)


class Sketches(Generic[V]):
    """The latest sketches with what belongs to them; so many at most."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[int, tuple[Sketch, V]] = OrderedDict()
        self._bands: dict[str, int] = {}
        self._next = 0

    def __len__(self) -> int:
        """How many there are."""
        return len(self._kept)

    def find(self, sketch: Sketch) -> Found[V] | None:
        """What is most like it, if anything is like it enough."""
        numbers = {self._bands[band] for band in bands(sketch) if band in self._bands}
        found = [
            Found(value, likeness(sketch, other))
            for other, value in (self._kept[number] for number in sorted(numbers))
        ]
        best = max(found, key=lambda one: one.likeness, default=None)
        return best if best is not None and best.likeness >= ENOUGH else None

    def add(self, sketch: Sketch, value: V) -> int:
        """Keeps it, and gives a number to take it away by."""
        number = self._next
        self._next += 1
        self._kept[number] = array("I", sketch), value
        self._bands.update(dict.fromkeys(bands(sketch), number))
        if len(self._kept) > self._most:
            self.remove(next(iter(self._kept)))
        return number

    def remove(self, number: int) -> None:
        """As if it had never been there."""
        found = self._kept.pop(number, None)
        for band in bands(found[0]) if found else ():
            if self._bands.get(band) == number:
                del self._bands[band]

    def clear(self) -> None:
        """Forgets all."""
        self._kept.clear()
        self._bands.clear()
