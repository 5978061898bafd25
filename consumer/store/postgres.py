"""A database of PostgreSQL: several consumers, which tell each other what they have stored."""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractContextManager

import psycopg
import structlog
from psycopg import sql
from sqlalchemy import URL, Connection, create_engine, text

from consumer.store.bell import EVERYONE, Bell

CHANNEL = "penstock_stored"
RETRY = 2.0
_MIGRATION_LOCK = 0x70656E73
# A connection whose other end vanished must fail rather than wait for ever.
_PATIENCE = {
    "application_name": "penstock-consumer",
    "connect_timeout": "5",
    "tcp_user_timeout": "20000",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
}
_STATEMENTS = {"options": "-c statement_timeout=30s -c lock_timeout=20s"}

log = structlog.get_logger(__name__)


class Postgres:
    """The database that a URL names."""

    def __init__(self, url: URL) -> None:
        plain = url.set(drivername="postgresql").update_query_dict(
            {name: value for name, value in _PATIENCE.items() if name not in url.query}
        )
        self._address = plain.render_as_string(hide_password=False)
        patient = plain.set(drivername="postgresql+psycopg")
        if "options" not in url.query:
            patient = patient.update_query_dict(_STATEMENTS)
        self.engine = create_engine(patient, pool_pre_ping=True, pool_timeout=5)

    def must_be_there(self) -> None:
        """A connection to a database that is not there fails by itself."""

    def claim(self) -> None:
        """Several consumers may share it."""

    def release(self) -> None:
        """Nothing was claimed."""

    def reading(self) -> AbstractContextManager[Connection]:
        """By default each statement would see what was committed since the one before."""
        return self.engine.execution_options(isolation_level="REPEATABLE READ").connect()

    def writing(self) -> AbstractContextManager[Connection]:
        """An ordinary transaction."""
        return self.engine.begin()

    def alone(self, connection: Connection) -> None:
        """An advisory lock; a migration of a large table may take its time."""
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})

    def announce(self, connection: Connection, tokens: Sequence[str]) -> None:
        """One notification per transaction, which the server delivers when it is committed."""
        told = {"channel": CHANNEL, "payload": ",".join(tokens)}
        connection.execute(text("SELECT pg_notify(:channel, :payload)"), told)

    async def listen(self, bell: Bell) -> None:
        """Ring for every notification; where the connection is lost, connect again."""
        while True:
            try:
                await self._listen(bell)
            except psycopg.Error as error:
                log.warning("not listening to the store", error=type(error).__name__)
            await asyncio.sleep(RETRY)

    async def _listen(self, bell: Bell) -> None:
        connection = await psycopg.AsyncConnection.connect(self._address, autocommit=True)
        async with connection:
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
            bell.ring([EVERYONE])  # whatever came while nobody listened
            async for notification in connection.notifies():
                bell.ring(notification.payload.split(","))
