"""One `make run` at a time over one folder: two brokers would share their records."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.errors import LocalError


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder; the system lets go of it however we end."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "run.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = (
                f"another `make run` works in {folder}: end it, or choose another folder and other "
                "ports: LOCAL_FOLDER=.local/second KAFKA_PORT=9192 ... make run"
            )
            raise LocalError(message) from error
        yield
