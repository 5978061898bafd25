"""Runs migrations on the connection that `migrating.py` passes in, within its transaction."""

from alembic import context

from consumer.store.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
