"""Waiting that ends when the program is asked to end, and clients that must be left behind."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol, TypeVar

import structlog

T = TypeVar("T")

STOP_LIMIT = 3.0

log = structlog.get_logger(__name__)


class Stoppable(Protocol):
    """Any client of aiokafka that reads or writes."""

    async def stop(self) -> None:
        """Flush and disconnect."""
        ...


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Wait so long, or until stopped."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


async def unless(stopped: Coroutine[Any, Any, object], work: Coroutine[Any, Any, T]) -> T | None:
    """What the work gives; None, and the work cancelled, if stopped before."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(stopped)
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        for task in (working, stopping):
            task.cancel()
        await asyncio.wait({working, stopping}, timeout=STOP_LIMIT)


async def let_go(client: Stoppable) -> None:
    """Stop a client; one whose broker does not answer is left behind."""
    # In a task of its own, since aiokafka may hang here, or end in a CancelledError.
    stopping = asyncio.create_task(client.stop())
    done, _ = await asyncio.wait({stopping}, timeout=STOP_LIMIT)
    if not done:
        stopping.cancel()
        log.warning("a Kafka client did not stop in time")
    elif not stopping.cancelled() and (error := stopping.exception()) is not None:
        log.warning("a Kafka client did not stop in order", error=type(error).__name__)
