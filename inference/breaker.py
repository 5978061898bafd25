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
        self.successes = 0
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
        self.successes += 1
        self._failures = 0
        self._probing = False
        self._become(State.CLOSED)

    def failed(self) -> None:
        """It does not; late news from before it opened change nothing."""
        self._failures += 1
        if self.state is State.HALF_OPEN or self._failures >= self._most:
            self._opened = self._clock() if self.state is not State.OPEN else self._opened
            self._probing = False
            self._become(State.OPEN)

    def released(self) -> None:
        """Nothing is known: the next one may be the probe."""
        self._probing = False

    def _become(self, state: State) -> None:
        if state is not self.state:
            self.state = state
            self._changed(state)
