"""Sees that the loop turns and that no batch computes for ever; if not, the process ends.

Nothing is lost by that: what was in flight is not committed, and its mark tells the next owner.
"""

import asyncio
import faulthandler
import os

import structlog

from inference.stream.flight import Flight

log = structlog.get_logger(__name__)

INTERVAL = 1.0
EXIT_STUCK = 70


async def watch(flight: Flight, limit: float) -> None:
    """For ever, once a second."""
    while True:
        # Fires from a C thread even when the loop or the interpreter's lock is held for good.
        faulthandler.dump_traceback_later(limit, exit=True)
        if flight.oldest() > limit:
            log.critical("a batch has been computing for too long", seconds=round(flight.oldest()))
            os._exit(EXIT_STUCK)
        await asyncio.sleep(INTERVAL)


def leave_within(seconds: float) -> None:
    """Whatever hangs while the process ends, it does not stay as a zombie."""
    asyncio.get_running_loop().call_later(seconds, os._exit, EXIT_STUCK)


def unwatch() -> None:
    """The process is about to end by itself."""
    faulthandler.cancel_dump_traceback_later()
