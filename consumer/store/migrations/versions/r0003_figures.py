"""What results add up to, and the bursts found in it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the tables; results that are there already were not counted."""
    op.add_column("results", sa.Column("counted", sa.Text))
    _figures()
    _bursts()
    op.create_table(
        "looks",
        sa.Column("lane", sa.Text, primary_key=True),
        sa.Column("looks", sa.BigInteger, nullable=False),
    )


def _figures() -> None:
    op.create_table(
        "figures",
        sa.Column("lane", sa.Text, primary_key=True),
        sa.Column("figure", sa.Text, primary_key=True),
        sa.Column("bucket", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("times", sa.BigInteger, nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )


def _bursts() -> None:
    op.create_table(
        "bursts",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("lane", sa.Text, nullable=False),
        sa.Column("figure", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("first", sa.BigInteger, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("stored", sa.BigInteger, nullable=False),
        sa.Column("claimed", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("published", sa.BigInteger),
    )
    op.create_index("bursts_by_key", "bursts", ["lane", "figure", "key", "last"])
    op.create_index("bursts_by_time", "bursts", ["last"])
