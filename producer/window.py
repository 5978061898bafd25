"""How much may be on its way at once."""

import asyncio


class Window:
    """Room for so many events and so many bytes; a single larger event still passes alone."""

    def __init__(self, events: int, most_bytes: int) -> None:
        self._events, self._bytes = events, most_bytes
        self._left = asyncio.Condition()
        self.open, self.held = 0, 0

    async def enter(self, size: int) -> None:
        """Returns when there is room for this many bytes more."""
        async with self._left:
            await self._left.wait_for(lambda: self._fits(size))
            self.open += 1
            self.held += size

    async def leave(self, size: int) -> None:
        """Gives the room back."""
        async with self._left:
            self.open -= 1
            self.held -= size
            self._left.notify_all()

    def _fits(self, size: int) -> bool:
        return self.open == 0 or (self.open < self._events and self.held + size <= self._bytes)
