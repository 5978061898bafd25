"""Answers in a file that survives a restart; several processes may share it.

All of it happens in one thread, so that a slow disk never holds up the event loop.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import structlog

from inference.cache import table
from inference.cache.store import Entry, Totals

R = TypeVar("R")
DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
# SQLite's own files beside ours.
BESIDE = ("-wal", "-shm")

log = structlog.get_logger(__name__)


# Keys whose use is noted down with the next write.
MOST_USED = 10_000


class Disk:
    """One file per lane, of so many bytes of answers at most."""

    setting = "MODEL_CACHE_DIR"
    faults: tuple[type[Exception], ...] = (sqlite3.Error, OSError, TypeError)  # a torn value

    def __init__(self, folder: Path, lane: str, most_bytes: int) -> None:
        self.path = folder / f"{quote(lane, safe='')}.{table.VERSION}.sqlite"
        self.most_bytes, self.totals = most_bytes, Totals(0, 0)
        self._thread = ThreadPoolExecutor(1, "cache-on-disk")
        self._connection: sqlite3.Connection | None = None
        self._file = 0
        self._used: set[str] = set()

    @property
    def place(self) -> str:
        """The file."""
        return str(self.path)

    async def read(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        """Those that are there, whole and not too old."""
        found = await self._in_thread(lambda connection: table.read(connection, keys))
        if len(self._used) < MOST_USED:  # without writes nobody needs room, either
            self._used.update(found)
        return found

    async def write(self, entries: Sequence[Entry]) -> None:
        """Keep them; what was used longest ago makes room."""
        used, self._used = self._used, set()
        self.totals = await self._in_thread(
            lambda connection: table.write(connection, entries, used, self.most_bytes)
        )

    async def held(self) -> None:
        """There is no server."""

    async def clear(self) -> None:
        """Forget everything, and give the room back."""
        await self._in_thread(table.clear)
        self.totals = Totals(0, 0)

    async def close(self) -> None:
        """Close the file, once what happens there has ended."""
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._thread, self._close)
        finally:
            self._thread.shutdown(wait=False)

    async def _in_thread(self, work: Callable[[sqlite3.Connection], R]) -> R:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._with_file, work)

    def _with_file(self, work: Callable[[sqlite3.Connection], R]) -> R:
        """After any failure the file is opened anew; a damaged one is set aside first."""
        if self._file != self._file_there():
            self._close()  # somebody deleted it, or another process set it aside
        try:
            return work(self._connection or self._open())
        except sqlite3.Error as error:
            self._close()
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGE:
                self._set_aside()
            raise

    def _open(self) -> sqlite3.Connection:
        self._file = self._file_there()
        self._connection = table.connected(self.path)
        self._file = self._file_there()
        self.totals = table.totals(self._connection)
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _file_there(self) -> int:
        """Which file it is that has our name; 0 where there is none."""
        try:
            return self.path.stat().st_ino
        except FileNotFoundError:
            return 0

    def _set_aside(self) -> None:
        """Unless another process has already, and has begun a new file."""
        if self._file != self._file_there():
            return
        aside = self.path.with_suffix(".damaged")
        self.path.replace(aside)
        for suffix in BESIDE:
            Path(f"{self.path}{suffix}").unlink(missing_ok=True)
        log.warning(
            "damaged cache set aside; a new one is begun", file=self.place, aside=str(aside)
        )
