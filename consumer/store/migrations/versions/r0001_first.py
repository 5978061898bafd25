"""Results, dead letters and records that could not be understood."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    _results()
    _dead_letters()
    _unreadable()


def _results() -> None:
    op.create_table(
        "results",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("request_id", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("lane", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("key", sa.Text),
        sa.Column("request_topic", sa.Text, nullable=False),
        sa.Column("request_partition", sa.BigInteger, nullable=False),
        sa.Column("request_offset", sa.BigInteger, nullable=False),
        sa.Column("answered_by", sa.Text, nullable=False),
        sa.Column("rank", sa.BigInteger, nullable=False),
        sa.Column("degraded", sa.Boolean, nullable=False),
        sa.Column("from_cache", sa.Boolean, nullable=False),
        sa.Column("model", sa.Text),
        sa.Column("model_version", sa.Text),
        sa.Column("asked", sa.BigInteger, nullable=False),
        sa.Column("answered", sa.BigInteger, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("stored", sa.BigInteger, nullable=False),
    )
    op.create_index("results_by_request", "results", ["request_id"])
    op.create_index("results_by_time", "results", ["answered"])
    op.create_index("results_by_lane", "results", ["lane", "answered"])
    op.create_index("results_by_key", "results", ["key", "answered"])


def _dead_letters() -> None:
    op.create_table(
        "dead_letters",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("partition", sa.BigInteger, nullable=False),
        sa.Column("offset", sa.BigInteger, nullable=False),
        sa.Column("request_id", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("lane", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("attempts", sa.BigInteger, nullable=False),
        sa.Column("replays", sa.BigInteger, nullable=False),
        sa.Column("request_topic", sa.Text, nullable=False),
        sa.Column("request_partition", sa.BigInteger, nullable=False),
        sa.Column("request_offset", sa.BigInteger, nullable=False),
        sa.Column("by_reference", sa.Boolean, nullable=False),
        sa.Column("arrived", sa.BigInteger, nullable=False),
        sa.Column("stored", sa.BigInteger, nullable=False),
        sa.Column("replayed", sa.BigInteger),
    )
    op.create_index("dead_letters_by_request", "dead_letters", ["request_id"])
    op.create_index("dead_letters_by_time", "dead_letters", ["arrived"])
    op.create_index("dead_letters_by_lane", "dead_letters", ["lane", "arrived"])
    op.create_index("dead_letters_by_reason", "dead_letters", ["reason", "arrived"])


def _unreadable() -> None:
    op.create_table(
        "unreadable",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("partition", sa.BigInteger, nullable=False),
        sa.Column("offset", sa.BigInteger, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("arrived", sa.BigInteger, nullable=False),
        sa.Column("stored", sa.BigInteger, nullable=False),
    )
    op.create_index("unreadable_by_time", "unreadable", ["stored"])
