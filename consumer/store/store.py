"""The store as the rest of the program sees it: awaited, and off the event loop."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from consumer.counting import NOTHING, Counting
from consumer.store import migrating, writing
from consumer.store.bell import Bell, tokens
from consumer.store.database import Database
from consumer.store.errors import Unstorable, meaning
from consumer.store.postgres import Postgres
from consumer.store.rows import DeadLetterRow, ResultRow, Row, Written
from consumer.store.sqlite import Sqlite
from inference.errors import Misconfigured, Unavailable

T = TypeVar("T")

READERS = 4
RACES = 5


def database(url: str) -> Database:
    """What a STORE_URL names; nothing is opened yet."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        message = "STORE_URL is no URL; write sqlite:///path or postgresql://user@host/database"
        raise Misconfigured(message) from error
    if parsed.drivername == "sqlite":
        return Sqlite(parsed)
    if parsed.drivername in {"postgresql", "postgres"}:
        return Postgres(parsed)
    message = f"STORE_URL cannot be {parsed.drivername}://; it takes sqlite:// and postgresql://"
    raise Misconfigured(message)


class Store:
    """Rows in, rows out; every call may raise Unavailable, after which it is worth trying again."""

    def __init__(self, place: Database, kept: Counting = NOTHING) -> None:
        self.bell = Bell()
        self.kept = kept
        self._database = place
        # One writer at a time: SQLite has no more, and a consumer writes one batch after another.
        self._writer = ThreadPoolExecutor(1, "store-writer")
        self._readers = ThreadPoolExecutor(READERS, "store-reader")

    async def open(self) -> None:
        """Claim the database and bring its tables up to date."""
        await self._call(self._writer, self._open)

    async def join(self) -> None:
        """Work beside the consumer that has it: claim nothing and change no tables."""
        await self._call(self._writer, self._join)

    async def listen(self) -> None:
        """Hear of what other consumers store, until cancelled."""
        await self._database.listen(self.bell)

    async def write(self, rows: Sequence[Row]) -> Written:
        """Keep every row, or raise Unstorable or Unavailable and keep none."""
        written = await self._call(self._writer, partial(self._write, rows))
        self.bell.ring(_news(written))
        return written

    async def change(self, work: Callable[[Connection], T]) -> T:
        """Do some work in a transaction that writes."""
        return await self._call(self._writer, partial(self._change, work))

    async def ask(self, work: Callable[[Connection], T]) -> T:
        """Do some work in a transaction that reads."""
        return await self._call(self._readers, partial(self._ask, work))

    async def ping(self) -> None:
        """Return if the store answers."""
        await self.ask(lambda connection: connection.execute(text("SELECT 1")))

    async def close(self) -> None:
        """End what is under way and give the database back."""
        self.bell.close()
        await self._call(self._writer, self._close)
        self._readers.shutdown(wait=False, cancel_futures=True)
        self._writer.shutdown(wait=False)

    def _open(self) -> None:
        self._database.claim()
        with self._database.writing() as connection:
            self._database.alone(connection)
            migrating.migrate(connection)

    def _join(self) -> None:
        self._database.must_be_there()
        self._ask(migrating.check)

    def _write(self, rows: Sequence[Row], races: int = RACES) -> Written:
        try:
            return self._change(partial(self._write_once, rows=rows))
        except IntegrityError:
            # Another consumer inserted one of these between our look and our insert.
            if races == 0:
                raise
        return self._write(rows, races - 1)

    def _write_once(self, connection: Connection, rows: Sequence[Row]) -> Written:
        written = writing.write(connection, rows, time.time_ns() // 1_000_000, self.kept)
        if news := _news(written):
            self._database.announce(connection, news)
        return written

    def _change(self, work: Callable[[Connection], T]) -> T:
        with self._database.writing() as connection:
            return work(connection)

    def _ask(self, work: Callable[[Connection], T]) -> T:
        with self._database.reading() as connection:
            return work(connection)

    def _close(self) -> None:
        self._database.engine.dispose()
        self._database.release()

    async def _call(self, threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(threads, work)
        except DBAPIError as error:
            raise meaning(error) from error
        except (OverflowError, UnicodeError) as error:
            message = f"the driver refuses a value ({type(error).__name__})"
            raise Unstorable(message) from error
        except PoolTimeout as error:
            message = "the store does not answer (no connection is free)"
            raise Unavailable(message) from error


@asynccontextmanager
async def opened(url: str, kept: Counting = NOTHING) -> AsyncIterator[Store]:
    """A store that is ready, closed at the end of the block."""
    store = Store(database(url), kept)
    try:
        await store.open()
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def joined(url: str) -> AsyncIterator[Store]:
    """The store of a consumer that may be running, closed at the end of the block."""
    store = Store(database(url))
    try:
        await store.join()
        yield store
    finally:
        await store.close()


def _news(written: Written) -> list[str]:
    rows = [*written.stored, *written.replaced]
    return tokens([row.request_id for row in rows if isinstance(row, ResultRow | DeadLetterRow)])
