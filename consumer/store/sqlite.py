"""A file of SQLite: one consumer, any number of readers."""

import asyncio
import fcntl
import os
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from sqlite3 import Connection as Driver

from sqlalchemy import URL, Connection, Engine, create_engine, event

from consumer.store.bell import Bell
from inference.errors import Misconfigured

# FULL: Kafka is told that a batch is stored, so it must survive a power cut.
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=2000",
    "cache_size=-65536",
    "wal_autocheckpoint=8000",
    "journal_size_limit=67108864",
)


class Sqlite:
    """The file that a URL names."""

    def __init__(self, url: URL) -> None:
        if not url.database or url.database == ":memory:":
            message = "STORE_URL must name a file: sqlite:///relative/path or sqlite:////absolute"
            raise Misconfigured(message)
        self.path = Path(url.database)
        self.engine = _engine(url)
        self._lock: int | None = None

    def must_be_there(self) -> None:
        """SQLite would make an empty file of any path."""
        if not self.path.is_file():
            message = f"there is no store at {self.path}; set STORE_URL to that of the consumer"
            raise Misconfigured(message)

    def claim(self) -> None:
        """Lock a file beside the database; the system unlocks it however this process ends."""
        if self._lock is not None:
            return
        path = self.path.with_name(self.path.name + ".lock")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            message = f"{path} cannot be written ({error.strerror}); set STORE_URL to another place"
            raise Misconfigured(message) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(lock)
            message = (
                f"another consumer has {self.path} open, and SQLite takes one; "
                "end it, or set STORE_URL to a postgresql:// database, which takes several"
            )
            raise Misconfigured(message) from error
        self._lock = lock

    def release(self) -> None:
        """Let another consumer have the file."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def reading(self) -> AbstractContextManager[Connection]:
        """Any transaction of SQLite reads from one moment."""
        return self.engine.connect()

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction that takes the write lock at once, so that it need not give up later."""
        return self.engine.execution_options(writing=True).begin()

    def alone(self, connection: Connection) -> None:
        """The claim has seen to that."""

    def announce(self, connection: Connection, tokens: Sequence[str]) -> None:
        """There are no other processes."""

    async def listen(self, bell: Bell) -> None:  # noqa: ARG002 - there is nobody to listen to
        """Nobody announces anything."""
        await asyncio.Event().wait()


def _engine(url: URL) -> Engine:
    engine = create_engine(url.set(drivername="sqlite+pysqlite"))
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Driver, _record: object) -> None:
    # The driver's own idea of when a transaction begins is switched off: `_begin` says when.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
