"""Calls to a place that may fail: short, behind a breaker, and a failure is said once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from inference.breaker import Breaker, State
from inference.cache.store import Store

R = TypeVar("R")
FAILURES = 5

log = structlog.get_logger(__name__)


class Attempts:
    """Calls of one kind to one store; `failing` are the kinds that fail, shared by all of them."""

    def __init__(
        self, store: Store, kind: str, limits: tuple[float, float], failing: set[str]
    ) -> None:
        self._store, self._kind, self._failing = store, kind, failing
        self._limit, pause = limits
        self._breaker = Breaker(FAILURES, pause)
        self._faults: tuple[type[Exception], ...] = (TimeoutError, *store.faults)

    @property
    def state(self) -> State:
        """Whether calls go through."""
        return self._breaker.state

    async def made(self, call: Callable[[], Awaitable[R]]) -> R | None:
        """What the call gives; none where it failed, took too long or was not tried."""
        if not self._breaker.allows():
            return None
        try:
            async with asyncio.timeout(self._limit):
                result = await call()
        except self._faults as error:
            self._breaker.failed()
            self._fails(error)
            return None
        except asyncio.CancelledError:
            self._breaker.released()
            raise
        self._breaker.succeeded()
        self._works()
        return result

    def rest(self) -> None:
        """Leaves it alone for a pause, as after failures."""
        for _ in range(FAILURES):
            self._breaker.failed()

    def _fails(self, error: Exception) -> None:
        if not self._failing:
            log.warning(
                "cache tier fails; answers are computed instead",
                call=self._kind,
                place=self._store.place,
                error=type(error).__name__,
                see=self._store.setting,
            )
        self._failing.add(self._kind)

    def _works(self) -> None:
        if self._failing == {self._kind}:
            log.info("cache tier works again", place=self._store.place)
        self._failing.discard(self._kind)
