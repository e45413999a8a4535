"""Migrations: upgrade and downgrade the database's schema."""

from collections.abc import Callable

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, NullPool, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from db.core.database import Database
from db.core.text_renewal import Renewal, renew
from domain.failures import Failure

HEAD = "head"
"""The newest revision that this code has."""
# Two processes that start at the same time must not both migrate. Only Usher uses this number.
LOCK = text("select pg_advisory_xact_lock(8374620195)")


class MigrationFailed(Failure):
    """Alembic refuses a command, for example because there is no such revision."""


async def upgrade(database: Database, revision: str = HEAD) -> Renewal:
    """Upgrade the schema to a revision. At the newest one, also make the stored keys of names that are old.

    Returns what was renewed. Raises MigrationFailed.
    """
    await _run(database, lambda config: command.upgrade(config, revision))
    return await renew(database) if revision == HEAD else Renewal(0, [])


async def downgrade(database: Database, revision: str = "base") -> None:
    """Downgrade the schema to a revision. "base" drops every table with all its rows.

    Raises MigrationFailed.
    """
    await _run(database, lambda config: command.downgrade(config, revision))


async def is_current(database: Database) -> bool:
    """Return whether the schema is at the newest revision that this code has."""
    async with _engine(database).connect() as connection:
        current = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    return current == ScriptDirectory.from_config(_config()).get_current_head()


def _engine(database: Database) -> AsyncEngine:
    """Return SQLAlchemy's own way to the database, which only the migrations use. It holds no connection."""
    return create_async_engine(database.url.replace("postgresql:", "postgresql+asyncpg:", 1), poolclass=NullPool)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "db:migrations")
    return config


async def _run(database: Database, alembic_command: Callable[[Config], None]) -> None:
    def migrate(connection: Connection) -> None:
        config = _config()
        config.attributes["connection"] = connection
        try:
            alembic_command(config)
        except CommandError as error:
            raise MigrationFailed(str(error)) from error

    async with _engine(database).begin() as connection:
        await connection.execute(LOCK)
        await connection.run_sync(migrate)
