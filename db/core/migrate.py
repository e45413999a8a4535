"""Migrations: upgrade and downgrade the database's schema."""

from collections.abc import Callable

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

# Two processes that start at the same time must not both migrate. Only Usher uses this number.
LOCK = text("select pg_advisory_xact_lock(8374620195)")


async def upgrade(engine: AsyncEngine, revision: str = "head") -> None:
    """Upgrade the schema to a revision."""
    await _run(engine, lambda config: command.upgrade(config, revision))


async def downgrade(engine: AsyncEngine, revision: str = "base") -> None:
    """Downgrade the schema to a revision. "base" drops every table with all its rows."""
    await _run(engine, lambda config: command.downgrade(config, revision))


async def is_current(engine: AsyncEngine) -> bool:
    """Return whether the schema is at the newest revision that this code has."""
    async with engine.connect() as connection:
        current = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    return current == ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "db:migrations")
    return config


async def _run(engine: AsyncEngine, alembic_command: Callable[[Config], None]) -> None:
    def migrate(connection: Connection) -> None:
        config = _config()
        config.attributes["connection"] = connection
        alembic_command(config)

    async with engine.begin() as connection:
        await connection.execute(LOCK)
        await connection.run_sync(migrate)
