"""Sizes of batches: the few that a device is prepared for, and the most that it has room for."""

import threading

LARGEST = 128
PATIENCE = 1000


def bucket(count: int) -> int:
    """The smallest power of two that so many rows fit into."""
    return 1 << (count - 1).bit_length()


def buckets(most: int) -> list[int]:
    """1, 2, 4 and so on, up to what `most` rows fit into."""
    return [1 << power for power in range(bucket(most).bit_length())]


class Cap:
    """How many rows go into a device at once: halved where they do not fit, tried again later.

    Threads may call it at the same time.
    """

    def __init__(self, most: int = LARGEST, patience: int = PATIENCE) -> None:
        self.now = self.most = most
        self._patience, self._fitted = patience, 0
        self._lock = threading.Lock()

    def too_large(self, count: int) -> bool:
        """So many did not fit. False when not even one does."""
        with self._lock:
            self.now = max(1, min(self.now, bucket(count) // 2))
            self._fitted = 0
        return count > 1

    def fitted(self, count: int) -> None:
        """So many did fit; after many times as many as are allowed, more are."""
        if count < self.now or self.now >= self.most:
            return
        with self._lock:
            self._fitted += 1
            if self._fitted >= self._patience:
                self.now, self._fitted = min(self.most, self.now * 2), 0
