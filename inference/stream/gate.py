"""The gate before the reader: closed, nothing more is fetched, and readiness says why.

Not `pause()`: that throws away what was prefetched, and any rebalance would undo it.
"""

import asyncio
from collections.abc import Mapping


class Gate:
    """Open while nobody keeps it closed."""

    def __init__(self) -> None:
        self._reasons: dict[str, str] = {}
        self._open = asyncio.Event()
        self._open.set()

    @property
    def reasons(self) -> Mapping[str, str]:
        """Who keeps it closed, and why."""
        return self._reasons

    def close(self, who: str, why: str) -> None:
        """Keep it closed until the same `who` opens it."""
        self._reasons[who] = why
        self._open.clear()

    def open(self, who: str) -> None:
        """This reason is gone."""
        self._reasons.pop(who, None)
        if not self._reasons:
            self._open.set()

    async def passed(self) -> None:
        """Returns once it is open."""
        await self._open.wait()
