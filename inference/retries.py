"""Trying again what asks for it: with growing, random pauses, and never beyond a deadline."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type
from tenacity.wait import wait_random_exponential

from inference.errors import Transient

Gain = TypeVar("Gain")

FIRST_PAUSE, LONGEST_PAUSE = 0.05, 5.0
_GROWING = wait_random_exponential(multiplier=FIRST_PAUSE, max=LONGEST_PAUSE)


class Patience(Protocol):
    """How long and how often."""

    @property
    def attempts(self) -> int:
        """Calls at most."""
        ...

    @property
    def timeout(self) -> float | None:
        """Seconds for each call, where it can be interrupted."""
        ...


async def retried(call: Callable[[], Awaitable[Gain]], patience: Patience, deadline: float) -> Gain:
    """What a call gave; where it never gave anything its last Transient, with the attempts in it.

    `deadline` is on the monotonic clock; no attempt begins after it.
    """

    async def limited() -> Gain:
        try:
            async with asyncio.timeout(patience.timeout):
                return await call()
        except TimeoutError as error:
            message = f"no answer within {patience.timeout} s"
            raise Transient(message) from error

    trying = _trying(patience.attempts, deadline)
    try:
        return await trying(limited)
    except Transient as error:
        error.attempts = trying.statistics["attempt_number"]
        raise


def _trying(attempts: int, deadline: float) -> AsyncRetrying:
    def enough(state: RetryCallState) -> bool:
        too_late = time.monotonic() + state.upcoming_sleep >= deadline
        return too_late or state.attempt_number >= attempts

    return AsyncRetrying(
        stop=enough,
        wait=_pause,
        retry=retry_if_exception_type(Transient),
        reraise=True,
    )


def _pause(state: RetryCallState) -> float:
    """Not before the moment that whoever failed has named, if it has."""
    error = state.outcome.exception() if state.outcome is not None else None
    named = error.after if isinstance(error, Transient) else 0.0
    return max(named, _GROWING(state))
