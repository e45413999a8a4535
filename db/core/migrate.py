"""Migrations: the database's schema, up and down."""

from collections.abc import Callable

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

# Two processes that start at once must not both migrate; the number is Usher's own.
LOCK = text("select pg_advisory_xact_lock(8374620195)")


async def upgrade(engine: AsyncEngine, revision: str = "head") -> None:
    """Bring the schema up to a revision."""
    await _run(engine, lambda config: command.upgrade(config, revision))


async def downgrade(engine: AsyncEngine, revision: str = "base") -> None:
    """Take the schema down to a revision; "base" removes every table, and every row with it."""
    await _run(engine, lambda config: command.downgrade(config, revision))


async def is_current(engine: AsyncEngine) -> bool:
    """Whether the schema is at the newest revision this code knows."""
    async with engine.connect() as connection:
        at = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    return at == ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "db:migrations")
    return config


async def _run(engine: AsyncEngine, work: Callable[[Config], None]) -> None:
    def migrate(connection: Connection) -> None:
        config = _config()
        config.attributes["connection"] = connection
        work(config)

    async with engine.begin() as connection:
        await connection.execute(LOCK)
        await connection.run_sync(migrate)
