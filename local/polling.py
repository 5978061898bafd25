"""Waiting for what nobody announces: the end of a process, a line in a file."""

import asyncio
import time
from collections.abc import Callable

EVERY = 0.05


async def until(condition: Callable[[], bool], limit: float) -> bool:
    """Return True once it holds, False when it does not within so many seconds."""
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() >= end:
            return False
        await asyncio.sleep(EVERY)
    return True
