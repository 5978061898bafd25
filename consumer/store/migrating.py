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
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    found = set(MigrationContext.configure(connection).get_current_heads())
    if found - known:
        message = (
            f"the store was written by a newer Penstock (revision {', '.join(found - known)}; "
            f"this one knows up to {max(known)}): upgrade this program, or set STORE_URL elsewhere"
        )
        raise Misconfigured(message)
    command.upgrade(config, "head")
