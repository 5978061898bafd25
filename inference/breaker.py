"""The circuit breaker: who fails again and again is left alone for a while, then tried once."""

import time
from collections.abc import Callable
from enum import StrEnum


class State(StrEnum):
    """Closed is well, as with a fuse."""

    CLOSED = "closed"
    HALF_OPEN = "half-open"
    OPEN = "open"


class Breaker:
    """Opens after so many failures in a row; after a pause a single probe decides what follows.

    Whoever was allowed to try says how it ended: `succeeded`, `failed`, or `released` where
    nothing can be concluded from it, as after a cancellation.
    """

    def __init__(
        self,
        failures: int = 5,
        pause: float = 60.0,
        changed: Callable[[State], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most, self._pause, self._changed, self._clock = failures, pause, changed, clock
        self.state = State.CLOSED
        self.era = 0
        self._failures = 0
        self._opened = 0.0
        self._probing = False

    def allows(self) -> bool:
        """Whether to try now; half-open, only one at a time may."""
        if self.state is State.CLOSED:
            return True
        if self.state is State.OPEN and self.rest <= 0:
            self._become(State.HALF_OPEN)
        if self.state is State.OPEN or self._probing:
            return False
        self._probing = True
        return True

    @property
    def rest(self) -> float:
        """Seconds until it may be tried again."""
        return self._opened + self._pause - self._clock() if self.state is State.OPEN else 0.0

    def succeeded(self) -> None:
        """It works (again)."""
        self._failures = 0
        self._probing = False
        self._become(State.CLOSED)

    def failed(self, era: int | None = None) -> None:
        """It does not; news of what was begun in an earlier era change nothing."""
        if era is not None and era != self.era:
            return
        self._failures += 1
        if self.state is State.HALF_OPEN or self._failures >= self._most:
            self._opened = self._clock() if self.state is not State.OPEN else self._opened
            self._probing = False
            self._become(State.OPEN)

    def released(self, era: int | None = None) -> None:
        """Nothing is known: the next one may be the probe."""
        if era is None or era == self.era:
            self._probing = False

    def _become(self, state: State) -> None:
        if state is not self.state:
            self.state = state
            self.era += 1
            self._changed(state)
