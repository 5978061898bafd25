"""Where an answer lay before, and which questions are asked again."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns; rows that are there were never asked again."""
    for column in (
        sa.Column("cache_tier", sa.Text),
        sa.Column("replays", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("replayed", sa.BigInteger),
        sa.Column("forced", sa.Boolean, nullable=False, server_default=sa.false()),
    ):
        op.add_column("results", column)
    op.create_index(
        "results_degraded",
        "results",
        ["answered"],
        sqlite_where=sa.text("degraded = 1"),
        postgresql_where=sa.text("degraded"),
    )
