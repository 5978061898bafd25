"""A network that is there while it is needed: closed when nobody asks, opened when one does."""

import threading
import time
from collections.abc import Callable

import structlog

from inference.engines.runtime.memory import resident
from inference.engines.runtime.onnx import Network
from inference.engines.runtime.pieces import Batch
from inference.errors import Misconfigured, Unavailable

log = structlog.get_logger(__name__)


class Sleeper:
    """A network that closes itself when idle for too long; threads may call it at the same time.

    It is open once it is made, so that what is wrong with it is said then. A batch in flight keeps
    it open; one that finds it closed waits until it is open again, and raises Unavailable where
    that does not succeed. `told` hears how many bytes it holds: 0 while it is closed.
    """

    def __init__(
        self,
        opened: Callable[[], Network],
        idle: float | None = None,
        told: Callable[[int], None] = lambda _: None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._opened, self._idle, self._told, self._now = opened, idle, told, now
        self._lock = threading.Lock()
        self._busy, self._used = 0, now()
        self._timer: threading.Timer | None = None
        self.memory, self.seconds = 0, 0.0
        self._network: Network | None = self._open()
        self.path, self.providers = self._network.path, self._network.providers
        self.input, self.output = self._network.input, self._network.output
        self.on_cuda = self._network.on_cuda

    @property
    def awake(self) -> bool:
        """Whether it is open now."""
        return self._network is not None

    def run(self, batch: Batch) -> Batch:
        """The first output for a batch, computed on the calling thread."""
        network = self._taken()
        try:
            return network.run(batch)
        finally:
            with self._lock:
                self._busy -= 1
                self._used = self._now()

    def close(self) -> None:
        """Let go of it at once; a batch in flight is computed to its end all the same."""
        with self._lock:
            self._let_go()

    def look(self) -> None:
        """Close it if it has been idle for long enough; else look again when it may have been."""
        with self._lock:
            if self._network is None or self._idle is None:
                return
            left = self._idle - (self._now() - self._used)
            if self._busy or left > 0:
                self._watch(max(left, self._idle / 10))
                return
            self._let_go()
            log.info("model closed, nobody asks", model=self.path.name)

    def _taken(self) -> Network:
        with self._lock:
            if self._network is None:
                try:
                    self._network = self._open()
                except Misconfigured as error:
                    raise Unavailable(str(error)) from error
                log.info("model opened again", model=self.path.name, seconds=self.seconds)
            self._busy += 1
            return self._network

    def _open(self) -> Network:
        """Its memory is what the process holds more of afterwards; others may add to that."""
        before, started = resident(), time.perf_counter()
        network = self._opened()
        self.seconds = round(time.perf_counter() - started, 3)
        self.memory = max(0, resident() - before)
        self._told(self.memory)
        self._watch(self._idle)
        return network

    def _watch(self, seconds: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if seconds is not None:
            self._timer = threading.Timer(seconds, self.look)
            self._timer.daemon = True
            self._timer.start()

    def _let_go(self) -> None:
        self._network = None
        if self._timer is not None:
            self._timer.cancel()
        self._told(0)
