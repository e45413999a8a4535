"""Alembic's entry point. It runs the migrations on the connection that `db.core.migrate` passes."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
