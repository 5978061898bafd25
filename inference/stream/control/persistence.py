"""Tries again and again what only serves those who look on: it may fail, and stops nobody."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn

import structlog
from aiokafka.errors import UnknownTopicOrPartitionError

log = structlog.get_logger(__name__)

PAUSE = 5.0
# Whether a topic has come is asked of the whole cluster: not too often.
LONG_PAUSE = 30.0
ADVICE = "`python -m inference topics` creates it, or lets you know what to ask for"

Attempt = Callable[[], Coroutine[Any, Any, None]]


async def persist(trouble: str, topic: str, attempt: Attempt) -> NoReturn:
    """For ever; says what is in the way once, until it is something else."""
    said: type[BaseException | None] | None = None
    while True:
        error = await _failure(attempt)
        missing = isinstance(error, UnknownTopicOrPartitionError)
        if type(error) is not said:
            advice = {"advice": ADVICE} if missing else {}
            log.warning(trouble, topic=topic, error=type(error).__name__, **advice)
        said = type(error)
        await asyncio.sleep(LONG_PAUSE if missing else PAUSE)


async def _failure(attempt: Attempt) -> BaseException | None:
    """What it ended with, whatever that is: in a task of its own, it harms nobody beside it."""
    trying = asyncio.create_task(attempt())
    try:
        await asyncio.wait([trying])
    except asyncio.CancelledError:
        trying.cancel()
        await asyncio.wait([trying])
        raise
    return trying.exception() if not trying.cancelled() else None
