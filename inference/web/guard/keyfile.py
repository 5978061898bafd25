"""The file of keys, read again when it changes: a key that is taken out opens nothing any more."""

import time
from collections.abc import Callable
from pathlib import Path

import structlog

from inference.errors import Misconfigured
from inference.web.guard import keys
from inference.web.guard.keys import Caller

log = structlog.get_logger(__name__)

PAUSE = 5.0
_Stamp = tuple[int, int, int] | None


class KeyFile:
    """Knows the keys as they stood in the file a few seconds ago."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._path, self._clock = path, clock
        self._stamp, self._keys = _stamp(path), keys.read(path)
        self._looked = clock()

    def holder(self, key: bytes) -> Caller:
        """Whose key that is."""
        if self._clock() - self._looked >= PAUSE:
            self._looked = self._clock()
            self._look_again()
        return self._keys.holder(key)

    def _look_again(self) -> None:
        """What is wrong now must not lock out those who were right a moment ago."""
        stamp = _stamp(self._path)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._keys = keys.read(self._path)
        except Misconfigured as error:
            log.error("the keys from before stay in force", reason=str(error))  # noqa: TRY400 - the line says it all
        else:
            log.info("the keys have changed")


def _stamp(path: Path) -> _Stamp:
    """What changes with the file; None where it is gone."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
