"""The gate before the reader: closed, nothing more is fetched; readiness says what is wrong.

Not `pause()`: that throws away what was prefetched, and any rebalance would undo it.
"""

import asyncio
from collections.abc import Mapping


class Gate:
    """Open while nobody keeps it closed."""

    def __init__(self) -> None:
        self._reasons: dict[str, str] = {}
        self._closed: set[str] = set()
        self._open = asyncio.Event()
        self._open.set()

    @property
    def reasons(self) -> Mapping[str, str]:
        """Who complains, and about what."""
        return self._reasons

    def complain(self, who: str, why: str) -> None:
        """Something is wrong, and reading goes on."""
        self._reasons[who] = why

    def close(self, who: str, why: str) -> None:
        """Keep it closed until the same `who` opens it."""
        self.complain(who, why)
        self._closed.add(who)
        self._open.clear()

    def open(self, who: str) -> None:
        """This reason is gone."""
        self._reasons.pop(who, None)
        self._closed.discard(who)
        if not self._closed:
            self._open.set()

    async def passed(self) -> None:
        """Returns once it is open."""
        await self._open.wait()
