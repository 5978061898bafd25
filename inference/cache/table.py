"""The table on disk: answers, how large they are, when they end and when they were last used."""

import json
import sqlite3
import time
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from inference.cache.store import Entry, Totals

VERSION = "v1"
# Seconds to wait for another process that writes.
BUSY = 2.0
# What a row costs in the file besides its value: its key, twice, and its places in the indexes.
OVERHEAD = 250
# Rows too old that one write takes away, so that no write takes long.
EXPIRED_AT_ONCE = 500

# A cache may be lost with the power, so nothing waits for the disk; a checksum finds what is torn.
SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
PRAGMA journal_size_limit = 4194304;
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS answers (
    key TEXT NOT NULL UNIQUE, value BLOB NOT NULL, checksum INTEGER NOT NULL,
    size INTEGER NOT NULL, expires REAL NOT NULL, used REAL NOT NULL);
CREATE INDEX IF NOT EXISTS answers_by_use ON answers (used);
CREATE INDEX IF NOT EXISTS answers_by_end ON answers (expires);
CREATE TABLE IF NOT EXISTS totals (
    id INTEGER PRIMARY KEY CHECK (id = 1), entries INTEGER NOT NULL, bytes INTEGER NOT NULL);
INSERT OR IGNORE INTO totals VALUES (1, 0, 0);
COMMIT;
"""
READ = """
SELECT key, value, checksum FROM answers
WHERE key IN (SELECT value FROM json_each(?)) AND expires > ?
"""
SIZES = "SELECT rowid, size FROM answers WHERE key IN (SELECT value FROM json_each(?))"
WRITE = "INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?)"
USE = "UPDATE answers SET used = ? WHERE key IN (SELECT value FROM json_each(?))"
EXPIRED = "SELECT rowid, size FROM answers WHERE expires <= ? LIMIT ?"
OLDEST = "SELECT rowid, size FROM answers ORDER BY used"
REMOVE = "DELETE FROM answers WHERE rowid IN (SELECT value FROM json_each(?))"
TOTALS = "SELECT entries, bytes FROM totals"
SET_TOTALS = "UPDATE totals SET entries = ?, bytes = ?"


def connected(path: Path) -> sqlite3.Connection:
    """A connection to the file; where there is none, one is made that only we may read."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    connection = sqlite3.connect(path, timeout=BUSY, isolation_level=None)
    try:
        connection.executescript(SCHEMA)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def totals(connection: sqlite3.Connection) -> Totals:
    """What all processes that share the file have written."""
    return Totals(*connection.execute(TOTALS).fetchone())


def read(connection: sqlite3.Connection, keys: Sequence[str]) -> Mapping[str, bytes]:
    """Those that are there, whole and not too old."""
    rows = connection.execute(READ, (json.dumps(keys), time.time()))
    return {key: value for key, value, checksum in rows if checksum == _checksum(key, value)}


def write(
    connection: sqlite3.Connection, entries: Sequence[Entry], used: Iterable[str], most_bytes: int
) -> Totals:
    """Keep these, note which others were used, and make room; all of it or nothing."""
    now = time.time()
    rows = {entry.key: _row(entry, now) for entry in entries}
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(USE, (now, json.dumps(list(used))))
        replaced = connection.execute(SIZES, (json.dumps(list(rows)),)).fetchall()
        gone = [*replaced, *connection.execute(EXPIRED, (now, EXPIRED_AT_ONCE))]
        left = _without(connection, totals(connection), dict(gone))
        connection.executemany(WRITE, rows.values())
        more = Totals(left.entries + len(rows), left.bytes + sum(row[3] for row in rows.values()))
        oldest = _oldest(connection, more.bytes - most_bytes)
        final = _without(connection, more, oldest)
        connection.execute(SET_TOTALS, final)
    return final


def clear(connection: sqlite3.Connection) -> None:
    """Forget everything, and give the room back."""
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM answers")
        connection.execute(SET_TOTALS, (0, 0))
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _row(entry: Entry, now: float) -> tuple[str, bytes, int, int, float, float]:
    key, value, ttl = entry
    return key, value, _checksum(key, value), len(value) + OVERHEAD, now + ttl, now


def _without(connection: sqlite3.Connection, before: Totals, rows: Mapping[int, int]) -> Totals:
    """Removes rows, given by their sizes; what is then left."""
    connection.execute(REMOVE, (json.dumps(list(rows)),))
    return Totals(before.entries - len(rows), before.bytes - sum(rows.values()))


def _oldest(connection: sqlite3.Connection, excess: int) -> dict[int, int]:
    """Rows that weigh as much as there is too much, those that were used longest ago."""
    rows: dict[int, int] = {}
    oldest = connection.execute(OLDEST)
    while excess > 0 and (row := oldest.fetchone()):
        rows[row[0]] = row[1]
        excess -= row[1]
    oldest.close()
    return rows


def _checksum(key: str, value: bytes) -> int:
    return zlib.crc32(value, zlib.crc32(key.encode()))
