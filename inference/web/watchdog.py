"""Sees that the loop turns and that no batch computes for ever; if not, the process ends.

No record is lost by that: what was in flight is not committed, and its mark tells the next owner.
"""

import asyncio
import faulthandler
import os
from collections.abc import Callable

import structlog

log = structlog.get_logger(__name__)

INTERVAL = 1.0
EXIT_STUCK = 70


async def watch(oldest: Callable[[], float], limit: float) -> None:
    """For ever, once a second; `oldest` is the age of what has been computing for longest."""
    while True:
        # Fires from a C thread even when the loop or the interpreter's lock is held for good.
        faulthandler.dump_traceback_later(limit, exit=True)
        if oldest() > limit:
            log.critical("a batch has been computing for too long", seconds=round(oldest()))
            os._exit(EXIT_STUCK)
        await asyncio.sleep(INTERVAL)


def leave_within(seconds: float) -> None:
    """Whatever hangs while the process ends, it does not stay as a zombie."""
    asyncio.get_running_loop().call_later(seconds, os._exit, EXIT_STUCK)


def unwatch() -> None:
    """The process is about to end by itself."""
    faulthandler.cancel_dump_traceback_later()
