"""What SQLite and PostgreSQL do differently, and nothing else."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection, Engine

from consumer.store.bell import Bell


class Database(Protocol):
    """A place for the tables."""

    @property
    def engine(self) -> Engine:
        """Connections to it."""
        ...

    def must_be_there(self) -> None:
        """Raises Misconfigured where nobody has made it yet."""
        ...

    def claim(self) -> None:
        """Take what only one process may have; raises Misconfigured if another one has it."""
        ...

    def release(self) -> None:
        """Give back what was claimed."""
        ...

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that reads, all of it from the store as it was at one moment."""
        ...

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction that may write: committed at the end, undone if the block raises."""
        ...

    def alone(self, connection: Connection) -> None:
        """Wait until no other process changes the schema; holds until the transaction ends."""
        ...

    def announce(self, connection: Connection, tokens: Sequence[str]) -> None:
        """Tell other processes, once this transaction is committed, what there is news of."""
        ...

    async def listen(self, bell: Bell) -> None:
        """Ring for what other processes announce, until cancelled."""
        ...
