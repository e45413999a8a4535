"""Reads the tests' database directly, without the gateway, and notes which statements Usher sends to it."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import event, func, make_url, select, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from db.core.connection import Connection
from db.core.database import POOL_SIZE, Database
from db.core.descriptions import Sql
from db.tables.audit import AuditEvent, Event
from db.tables.metadata import METADATA
from db.tables.seats import Seat, SeatPeriod

# The tables and columns that a fingerprint leaves out, with the reason.
NOT_COMPARED = {
    "partner_tokens.last_used_at": "Every request with a token writes the time.",
    "sessions.last_used_at": "Requests of a session write the time.",
    "sign_in_challenges.tries": "Every second step counts, even in a dry run, so that codes cannot be guessed.",
    "sign_in_failures": "Every attempt to sign in counts, even in a dry run, so that guessing passwords becomes slow.",
}


T = TypeVar("T")


async def committed(database: Database, work: Callable[[Connection], Awaitable[T]]) -> T:
    """Do this work in a transaction, and commit."""
    async with database.transaction() as connection:
        done = await work(connection)
        await connection.commit()
    return done


def direct_engine(url: str) -> AsyncEngine:
    """An engine of SQLAlchemy's for this database, with which tests look at rows. Usher's own code never gets it."""
    address = make_url(url).set(drivername="postgresql+asyncpg")
    settings = {"server_settings": {"application_name": "tests", "timezone": "UTC"}}
    engine = create_async_engine(address, connect_args=settings)
    event.listen(engine.sync_engine, "checkout", _replace_ended)
    return engine


def _replace_ended(connection: Any, _: object, __: object) -> None:
    """Let the pool connect again, because some tests end all connections of a database.

    The driver knows it without asking. SQLAlchemy's `pool_pre_ping` asks with three statements each time.
    """
    if connection.driver_connection.is_closed():
        raise DisconnectionError


async def fetch(connection: Connection, query: str, *values: object) -> list[Any]:
    """Run a text in the driver's form on a connection of Usher's, inside its transaction. Returns the records."""
    return await connection.fetch(Sql("test", query, None), *values)


async def fetch_rows(database: Database, query: str, *values: object) -> list[tuple[Any, ...]]:
    """The rows of a text in the driver's form."""
    async with database.connection() as connection:
        return [tuple(record) for record in await fetch(connection, query, *values)]


@contextmanager
def noted(database: Database) -> Iterator[list[tuple[str, tuple[Any, ...]]]]:
    """The texts and the values of the statements that are sent while the block runs."""
    sent: list[tuple[str, tuple[Any, ...]]] = []

    def note(statement: str, values: tuple[Any, ...]) -> None:
        sent.append((statement, values))

    database.observers.append(note)
    try:
        yield sent
    finally:
        database.observers.remove(note)


def connections_in_use(database: Database) -> int:
    """The number of connections that callers have taken and not given back."""
    return POOL_SIZE - database._slots.free


def compared_columns() -> dict[str, list[str]]:
    """The columns that a fingerprint covers, by table: all except `NOT_COMPARED`, and those of the job queue."""
    declared = {
        name: [column.name for column in table.columns if f"{name}.{column.name}" not in NOT_COMPARED]
        for name, table in METADATA.tables.items()
        if name not in NOT_COMPARED
    }
    return {**declared, "jobs.pgqueuer": ["t.*"]}


@dataclass(frozen=True)
class RowReader:
    """Reads rows of one team or of all."""

    engine: AsyncEngine
    _hashed: dict[str, tuple[tuple[int, int | None], int | None]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    async def free_seats(self, team_id: str, product_id: str) -> list[str]:
        """The ids of the available seats of a pool."""
        is_free = Seat.holder_id.is_(None) & Seat.retired_at.is_(None)
        query = select(Seat.id).where(Seat.team_id == team_id, Seat.product_id == product_id, is_free)
        async with self.engine.connect() as connection:
            return list((await connection.execute(query)).scalars())

    async def holders(self, team_id: str, product_id: str) -> list[str]:
        """The user ids of the holders of a pool's seats, sorted."""
        query = select(func.coalesce(Seat.holder_id, "")).where(
            Seat.team_id == team_id, Seat.product_id == product_id, Seat.holder_id.is_not(None)
        )
        async with self.engine.connect() as connection:
            return sorted((await connection.execute(query)).scalars())

    async def history(self, team_id: str, product_id: str) -> list[tuple[str, bool]]:
        """Each period in which somebody held a seat of a pool, in order: the user id, and whether it is open."""
        query = (
            select(SeatPeriod.holder_id, SeatPeriod.ended_at.is_(None))
            .where(SeatPeriod.team_id == team_id, SeatPeriod.product_id == product_id)
            .order_by(SeatPeriod.id)
        )
        async with self.engine.connect() as connection:
            return [(row[0], row[1]) for row in await connection.execute(query)]

    async def audit_actions(self, team_id: str) -> list[str]:
        """The actions in a team's audit log, in order. Fails if the events of the team are not the same actions."""
        async with self.engine.connect() as connection:
            rows = (
                await connection.execute(
                    select(AuditEvent.action).where(AuditEvent.team_id == team_id).order_by(AuditEvent.id)
                )
            ).scalars()
            events = (
                await connection.execute(select(Event.kind).where(Event.team_id == team_id).order_by(Event.id))
            ).scalars()
            actions = list(rows)
            # Both are sorted, because concurrent transactions may get ids in a different order in each table.
            assert sorted(actions) == sorted(events)
            return actions

    async def audit_count(self, user_id: str) -> int:
        """The number of audit rows of what this person did, in any team and outside of teams."""
        query = select(func.count()).select_from(AuditEvent).where(AuditEvent.actor_id == user_id)
        async with self.engine.connect() as connection:
            return (await connection.execute(query)).scalar_one()

    async def fingerprint(self) -> str:
        """A hash of each table's rows, except `NOT_COMPARED`. If it is equal before and after, nothing has changed.

        A table is hashed again only if it has other versions of rows than the last time. To hash every row for each of
        thousands of tests would take minutes.
        """
        tables = compared_columns()
        versions = [f"select '{table}', count(*), sum(xmin::text::bigint) from {table}" for table in tables]
        async with self.engine.connect() as connection:
            found = {row[0]: (row[1], row[2]) for row in await connection.execute(text(" union all ".join(versions)))}
            parts = [
                f"select '{table}', sum(hashtextextended(row({', '.join(columns)})::text, 0)) from {table} t"
                for table, columns in tables.items()
                if table not in self._hashed or self._hashed[table][0] != found[table]
            ]
            for table, hashes in await connection.execute(text(" union all ".join(parts))) if parts else ():
                self._hashed[table] = (found[table], hashes)
        return "\n".join(sorted(f"{table}: {found[table][0]} rows, {self._hashed[table][1]}" for table in tables))
