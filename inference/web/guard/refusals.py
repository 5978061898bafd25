"""Refusals are all counted, and logged now and then: a flood of them is no flood of lines."""

import time
from collections import Counter

import structlog

from inference.web.guard import metrics
from inference.web.guard.usage import Visit

log = structlog.get_logger(__name__)

_PAUSE = 5.0


class Refusals:
    """Says what was refused, at most once in a while for each reason."""

    def __init__(self) -> None:
        self._said: dict[str, float] = {}
        self._left_out: Counter[str] = Counter()

    def note(self, reason: str, visit: Visit) -> None:
        """One more request was refused."""
        metrics.REFUSED.labels(reason).inc()
        now = time.monotonic()
        if now - self._said.get(reason, -_PAUSE) < _PAUSE:
            self._left_out[reason] += 1
            return
        self._said[reason] = now
        more = self._left_out.pop(reason, 0)
        log.warning("refused", reason=reason, endpoint=visit.endpoint, key=visit.key, before=more)
