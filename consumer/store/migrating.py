"""Brings the tables to what this version of the program expects."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from inference.errors import Misconfigured

FOLDER = Path(__file__).parent / "migrations"


def migrate(connection: Connection) -> None:
    """Apply what is missing, all or nothing; raises Misconfigured if the database is newer."""
    config = _config(connection)
    _must_not_be_newer(connection, config)
    command.upgrade(config, "head")


def check(connection: Connection) -> None:
    """Return if nothing is missing; raises Misconfigured if somebody else has to migrate first."""
    config = _config(connection)
    _must_not_be_newer(connection, config)
    if _found(connection) != set(ScriptDirectory.from_config(config).get_heads()):
        message = (
            "the store's tables are not those of this version; "
            "start `python -m consumer serve` of this version once, or set STORE_URL to its store"
        )
        raise Misconfigured(message)


def _must_not_be_newer(connection: Connection, config: Config) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    unknown = _found(connection) - known
    if unknown:
        message = (
            f"the store was written by a newer Penstock (revision {', '.join(unknown)}; "
            f"this one knows up to {max(known)}): upgrade this program, or set STORE_URL elsewhere"
        )
        raise Misconfigured(message)


def _found(connection: Connection) -> set[str]:
    return set(MigrationContext.configure(connection).get_current_heads())


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
