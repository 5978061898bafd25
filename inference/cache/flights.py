"""Who is finding out what right now, so that nobody else has to."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Generic, TypeVar

V = TypeVar("V")


class Flights(Generic[V]):
    """One flight for each batch of keys that somebody looks after."""

    def __init__(self) -> None:
        self._aloft: dict[str, asyncio.Future[Mapping[str, V]]] = {}

    def over(self, keys: Iterable[str]) -> dict[str, asyncio.Future[Mapping[str, V]]]:
        """The flights that others have begun, by key; what is learned is their result."""
        return {key: self._aloft[key] for key in keys if key in self._aloft}

    @contextmanager
    def begun(self, keys: Iterable[str]) -> Iterator[dict[str, V]]:
        """Fill what it gives; however the block ends, those who wait get what is in there."""
        learned: dict[str, V] = {}
        flight: asyncio.Future[Mapping[str, V]] = asyncio.get_running_loop().create_future()
        mine = dict.fromkeys(keys, flight)
        self._aloft.update(mine)
        try:
            yield learned
        finally:
            for key in mine:
                del self._aloft[key]
            flight.set_result(learned)
