"""What was answered over HTTP, and how long it took."""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

KEPT = 2048


class Statistics:
    """Totals since the start, and the latest times for percentiles."""

    def __init__(self) -> None:
        self.total = self.computed = 0
        self.seconds = 0.0
        self._latest: deque[float] = deque(maxlen=KEPT)

    def note(self, seconds: float, document: Mapping[str, Any]) -> None:
        """One more answer; those that were kept cost no inference time."""
        self.total += 1
        if not document["from_cache"]:
            self.computed += 1
            self.seconds += seconds
            self._latest.append(seconds)

    def percentiles(self, *shares: float) -> list[float]:
        """Milliseconds below which these shares of the latest computed answers lie."""
        ordered = sorted(self._latest)
        return [_at(ordered, share) for share in shares]


def _at(ordered: Sequence[float], share: float) -> float:
    if not ordered:
        return 0.0
    return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 3)
