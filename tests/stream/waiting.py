"""Waiting for what tells no one that it has happened."""

import asyncio
from collections.abc import Callable


async def until(holds: Callable[[], bool], limit: float = 5) -> None:
    """Returns as soon as it holds; fails when that takes too long."""
    async with asyncio.timeout(limit):
        while not holds():
            await asyncio.sleep(0.001)
