"""A library that says the same thousands of times says it once in a while, with the count."""

import logging
import time
from collections.abc import Callable

PAUSE = 5.0


class Repeats(logging.Filter):
    """Passes what a place in the code says at most once in `PAUSE` seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        # Bounded by itself: there are only so many places in the code that log.
        self._said: dict[tuple[str, int], float] = {}
        self._left_out: dict[tuple[str, int], int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this one is said; if so, with how many others of its kind were not."""
        place, now = (record.pathname, record.lineno), self._clock()
        if now - self._said.get(place, -PAUSE) < PAUSE:
            self._left_out[place] = self._left_out.get(place, 0) + 1
            return False
        self._said[place] = now
        left_out = self._left_out.pop(place, 0)
        if left_out:
            record.msg = f"{record.getMessage()} ({left_out} more like this were left out)"
            record.args = ()
        return True
