"""Which entries were sent already, in a file: a restart sends nothing twice.

What stands here only saves work. An entry that is sent again, because this file was lost or a
process died between sending and noting it down, has the same id and so is the same question.
Addresses are kept as digests only, since some have a key in them.
"""

import asyncio
import json
import sqlite3
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple, TypeVar

from inference.errors import Misconfigured
from producer.sources.article import stable_id

T = TypeVar("T")

_VERSION = 1
_BUSY = 10.0
_DAY = 24 * 3600.0
FORGOTTEN_AFTER = 90 * _DAY
_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS entries (
    lane TEXT, id TEXT, source TEXT NOT NULL, last REAL NOT NULL, PRIMARY KEY (lane, id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS entries_of_source ON entries (lane, source, last);
CREATE TABLE IF NOT EXISTS sources (
    lane TEXT, source TEXT, etag TEXT, modified TEXT, last REAL NOT NULL,
    PRIMARY KEY (lane, source)
) WITHOUT ROWID;
PRAGMA user_version = {_VERSION};
COMMIT;
"""
_UNSEEN = """
SELECT value FROM json_each(?)
WHERE NOT EXISTS (SELECT 1 FROM entries WHERE lane = ? AND id = value)
"""
_PRESENT = """
INSERT OR REPLACE INTO entries (lane, id, source, last) SELECT ?, value, ?, ? FROM json_each(?)
"""
_ORPHANS = "DELETE FROM entries WHERE (lane, source) NOT IN (SELECT lane, source FROM sources)"
_CUT = """
DELETE FROM entries WHERE lane = ? AND source = ? AND id NOT IN
(SELECT id FROM entries WHERE lane = ? AND source = ? ORDER BY last DESC LIMIT ?)
"""


class Validators(NamedTuple):
    """What a server wants to be told, so that it can answer that nothing has changed."""

    etag: str | None = None
    modified: str | None = None


class Seen:
    """The entries that were sent to one lane; several processes may share the file."""

    def __init__(self, path: Path, lane: str, most: int) -> None:
        self._path, self._lane, self._most = path, lane, most

    async def open(self) -> None:
        """Makes the file where there is none, and forgets feeds that nobody looks at any more."""
        await asyncio.to_thread(self._open)

    async def unseen(self, ids: Sequence[str]) -> set[str]:
        """Those that were not sent before."""
        asked = (json.dumps(ids), self._lane)
        return await self._do(lambda file: {row[0] for row in file.execute(_UNSEEN, asked)})

    async def validators(self, source: str) -> Validators:
        """What was kept of the last answer of a source, if everything of it was sent."""
        asked = (self._lane, _key(source))
        sentence = "SELECT etag, modified FROM sources WHERE lane = ? AND source = ?"
        row = await self._do(lambda file: file.execute(sentence, asked).fetchone())
        return Validators(*row) if row else Validators()

    async def keep(self, source: str, ids: Collection[str], validators: Validators) -> None:
        """Notes down what is in a source now and was sent, and what its server wants to hear."""
        await self._do(lambda file: self._keep(file, _key(source), list(ids), validators))

    def _keep(
        self, file: sqlite3.Connection, source: str, ids: list[str], validators: Validators
    ) -> None:
        now, lane = time.time(), self._lane
        file.execute(_PRESENT, (lane, source, now, json.dumps(ids)))
        file.execute(
            "INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?, ?)",
            (lane, source, *validators, now),
        )
        file.execute(_CUT, (lane, source, lane, source, self._most))

    def _open(self) -> None:
        with self._file() as file:
            version = file.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                file.executescript(_SCHEMA)
            elif version != _VERSION:
                message = f"SEEN_FILE: {self._path} is of another version; name another file"
                raise Misconfigured(message)
            file.execute("DELETE FROM sources WHERE last < ?", (time.time() - FORGOTTEN_AFTER,))
            file.execute(_ORPHANS)

    async def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return await asyncio.to_thread(self._done, work)

    def _done(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with self._file() as file:
            return work(file)

    @contextmanager
    def _file(self) -> Iterator[sqlite3.Connection]:
        """One transaction; connections are not kept, as threads change."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=_BUSY)) as file, file:
                yield file
        except (sqlite3.Error, OSError) as error:
            message = f"SEEN_FILE: {self._path} cannot be used ({error}); name another or mend it"
            raise Misconfigured(message) from error


def _key(source: str) -> str:
    return stable_id(source)
