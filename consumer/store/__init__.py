"""Where results and dead letters are kept: SQLite or PostgreSQL, one schema, the same promises."""
