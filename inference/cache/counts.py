"""How often a tier had what was asked for; in the metrics, and for whoever asks over HTTP."""

from inference import metrics
from inference.contract import Tier


class Count:
    """Hits and misses of one tier of one lane."""

    def __init__(self, lane: str, tier: Tier) -> None:
        self.hits = self.misses = 0
        self._hits = metrics.CACHE_HITS.labels(lane, tier)
        self._misses = metrics.CACHE_MISSES.labels(lane, tier)

    def add(self, hits: int, misses: int) -> None:
        """What a batch brought."""
        self.hits += hits
        self.misses += misses
        if hits:
            self._hits.inc(hits)
        if misses:
            self._misses.inc(misses)
