"""Wakes those who wait for the answer to a request, and nobody else."""

import asyncio
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

EVERYONE = "*"
TOLD_ONE_BY_ONE = 800  # so that they fit into a notification of PostgreSQL, which holds 8,000 bytes


def token(request_id: str) -> str:
    """A short name of a request; two may share one, which costs a look for nothing."""
    return f"{zlib.crc32(request_id.encode('utf-8', 'replace')):08x}"


def tokens(request_ids: Sequence[str]) -> list[str]:
    """What to ring for these requests; of many, everyone may look."""
    if len(request_ids) > TOLD_ONE_BY_ONE:
        return [EVERYONE]
    return sorted({token(request_id) for request_id in request_ids})


class Bell:
    """Rung once for every request that something was stored for."""

    def __init__(self) -> None:
        self._ears: dict[str, set[asyncio.Event]] = {}
        self.closed = False

    @contextmanager
    def listening(self, request_id: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever there may be news of this request."""
        name, ear = token(request_id), asyncio.Event()
        self._ears.setdefault(name, set()).add(ear)
        try:
            yield ear
        finally:
            self._ears[name].discard(ear)
            if not self._ears[name]:
                del self._ears[name]

    def ring(self, tokens: Iterable[str]) -> None:
        """Wake who listens for one of these; `EVERYONE` wakes all."""
        if not self._ears:
            return
        for name in tokens:
            for ear in self._everyone() if name == EVERYONE else self._ears.get(name, ()):
                ear.set()

    def close(self) -> None:
        """Send everyone home: the program ends."""
        self.closed = True
        self.ring([EVERYONE])

    @property
    def listeners(self) -> int:
        """How many wait now."""
        return sum(map(len, self._ears.values()))

    def _everyone(self) -> list[asyncio.Event]:
        return [ear for ears in self._ears.values() for ear in ears]
