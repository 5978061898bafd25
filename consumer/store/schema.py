"""The tables, the same on SQLite and PostgreSQL; times are milliseconds since 1970, in UTC.

Whatever is changed here needs a migration beside it: a test compares the two.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, MetaData, Table, Text, false, text

METADATA = MetaData()

RESULTS = Table(
    "results",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("request_id", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("key", Text),
    Column("request_topic", Text, nullable=False),
    Column("request_partition", BigInteger, nullable=False),
    Column("request_offset", BigInteger, nullable=False),
    Column("answered_by", Text, nullable=False),
    Column("rank", BigInteger, nullable=False),
    Column("degraded", Boolean, nullable=False),
    Column("from_cache", Boolean, nullable=False),
    Column("cache_tier", Text),
    Column("model", Text),
    Column("model_version", Text),
    Column("asked", BigInteger, nullable=False),
    # Of the first answer: a better one keeps its place in the list, so that cursors stay true.
    Column("answered", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    Column("stored", BigInteger, nullable=False),
    # How often its question was asked again, and when last.
    Column("replays", BigInteger, nullable=False, server_default=text("0")),
    Column("replayed", BigInteger),
    # True until the next answer, which then replaces this one even if it is no better.
    Column("forced", Boolean, nullable=False, server_default=false()),
    # What it was counted as, so that exactly this can be taken off again, whoever counted it.
    Column("counted", Text),
    Index("results_by_request", "request_id"),
    Index("results_by_time", "answered"),
    Index("results_by_lane", "lane", "answered"),
    Index("results_by_key", "key", "answered"),
)
# Of these alone: they are few, and full answers, which are many, pay nothing for it.
Index(
    "results_degraded",
    RESULTS.c.answered,
    sqlite_where=text("degraded = 1"),  # as SQLAlchemy asks it: SQLite compares the words
    postgresql_where=RESULTS.c.degraded,
)

DEAD_LETTERS = Table(
    "dead_letters",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("topic", Text, nullable=False),
    Column("partition", BigInteger, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("attempts", BigInteger, nullable=False),
    Column("replays", BigInteger, nullable=False),
    Column("request_topic", Text, nullable=False),
    Column("request_partition", BigInteger, nullable=False),
    Column("request_offset", BigInteger, nullable=False),
    # True where the original's bytes lie at the request's own place, too large for a dead letter.
    Column("by_reference", Boolean, nullable=False),
    Column("arrived", BigInteger, nullable=False),
    Column("stored", BigInteger, nullable=False),
    Column("replayed", BigInteger),
    Index("dead_letters_by_request", "request_id"),
    Index("dead_letters_by_time", "arrived"),
    Index("dead_letters_by_lane", "lane", "arrived"),
    Index("dead_letters_by_reason", "reason", "arrived"),
)

UNREADABLE = Table(
    "unreadable",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("topic", Text, nullable=False),
    Column("partition", BigInteger, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("why", Text, nullable=False),
    Column("arrived", BigInteger, nullable=False),
    Column("stored", BigInteger, nullable=False),
    Index("unreadable_by_time", "stored"),
)

# What results add up to. The bucket stands before the key: what comes together lies together, which
# costs a tenth of the writes that an order by key would.
FIGURES = Table(
    "figures",
    METADATA,
    Column("lane", Text, primary_key=True),
    Column("figure", Text, primary_key=True),
    Column("bucket", BigInteger, primary_key=True, autoincrement=False),
    Column("key", Text, primary_key=True),
    Column("times", BigInteger, nullable=False),
    # In millionths: sums of whole numbers do not depend on their order.
    Column("total", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

BURSTS = Table(
    "bursts",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("lane", Text, nullable=False),
    Column("figure", Text, nullable=False),
    Column("key", Text, nullable=False),
    # The ends of the first and of the last window that it was found in.
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    Column("stored", BigInteger, nullable=False),
    # Until when somebody is publishing it; and since when it is published.
    Column("claimed", BigInteger, nullable=False, server_default=text("0")),
    Column("published", BigInteger),
    Index("bursts_by_key", "lane", "figure", "key", "last"),
    Index("bursts_by_time", "last"),
)

# Whoever notes bursts of a lane holds its row meanwhile, so that no two note the same one.
LOOKS = Table(
    "looks",
    METADATA,
    Column("lane", Text, primary_key=True),
    Column("looks", BigInteger, nullable=False),
)
