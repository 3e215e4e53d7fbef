"""Alembic's entry point. It runs on the connection that `bot.store.migrate` passes in."""

from alembic import context

from bot.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
