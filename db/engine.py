"""Connections: one pool a process; reads in one snapshot, changes in one transaction."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any

import asyncpg
import orjson
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

POOL_SIZE = 16


def connect(url: str) -> AsyncEngine:
    """An engine for a `postgresql://` address. Nothing is opened before the first use."""
    return create_async_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=0,
        hide_parameters=True,
        json_serializer=_dump,
        json_deserializer=orjson.loads,
        connect_args={
            "server_settings": {
                "application_name": "usher",
                "timezone": "UTC",
                # Nobody waits for ever: a stuck statement or lock ends as an error, and its transaction with it.
                "statement_timeout": "30s",
                "lock_timeout": "10s",
                "idle_in_transaction_session_timeout": "60s",
            }
        },
    )


@asynccontextmanager
async def snapshot(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A read-only connection on which every statement sees the same moment."""
    async with _begun(engine, "begin isolation level repeatable read read only") as connection:
        yield connection


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection to change things on; what `commit` was not called for is rolled back at the end.

    READ COMMITTED whatever the server's default: a statement after a lock must see what it waited for.
    """
    async with _begun(engine, "begin isolation level read committed") as connection:
        yield connection


async def commit(connection: AsyncConnection) -> None:
    """Commit what was done on a connection of `transaction`; what follows on it stands by itself.

    SQLAlchemy's own `commit` and `rollback` do nothing there: it did not begin the transaction.
    """
    with _driving(connection, "commit") as (driver, held):
        held.dispatch.commit(held)
        await driver.execute("commit")


async def rollback(connection: AsyncConnection) -> None:
    """Undo what was done on a connection of `transaction`, if it is not committed."""
    with _driving(connection, "rollback") as (driver, held):
        if not driver.is_closed() and driver.is_in_transaction():
            held.dispatch.rollback(held)
            await driver.execute("rollback")


async def savepoint(connection: AsyncConnection) -> None:
    """A place to go back to by `undo`, in the transaction of this connection."""
    with _driving(connection, "savepoint") as (driver, held):
        held.dispatch.savepoint(held, "attempt")
        await driver.execute("savepoint attempt")


async def undo(connection: AsyncConnection) -> None:
    """Undo what was done since the last `savepoint`, which stays."""
    with _driving(connection, "rollback to savepoint") as (driver, held):
        held.dispatch.rollback_savepoint(held, "attempt", None)
        await driver.execute("rollback to savepoint attempt")


async def fetch(connection: AsyncConnection, sql: str, *values: Any) -> list[Any]:
    """The rows of a statement in the driver's own form (`$1`), by the driver itself: tuples, in half the time.

    Who listens to SQLAlchemy's events hears of it too. Raises DBAPIError, as every other statement does.
    """
    with _driving(connection, sql) as (driver, held):
        held.dispatch.before_cursor_execute(held, None, sql, values, None, False)
        rows: list[Any] = await driver.fetch(sql, *values)
    return rows


@asynccontextmanager
async def _begun(engine: AsyncEngine, begin: str) -> AsyncIterator[AsyncConnection]:
    """A connection in a transaction that is begun here: SQLAlchemy would begin one only for its own statements."""
    async with AsyncExitStack() as stack:
        connection = await stack.enter_async_context(engine.connect())
        try:
            await _begin(connection, begin)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            # The server was away. All connections of before are lost then, and nothing has been done on this one.
            await connection.invalidate()
            await engine.dispose()
            connection = await stack.enter_async_context(engine.connect())
            await _begin(connection, begin)
        try:
            yield connection
        finally:
            await _end(connection)


async def _begin(connection: AsyncConnection, begin: str) -> None:
    await connection.execution_options(isolation_level="AUTOCOMMIT")
    try:
        with _driving(connection, begin) as (driver, _):
            await driver.execute(begin)
    except BaseException:
        # Cut short, it may still begin: the driver does not know before the server has answered.
        await connection.invalidate()
        raise


async def _end(connection: AsyncConnection) -> None:
    if connection.invalidated:
        return
    with _driving(connection, "rollback") as (driver, _):
        try:
            await rollback(connection)
        finally:
            if driver.is_closed() or driver.is_in_transaction():  # nobody else may get it
                await connection.invalidate()


@contextmanager
def _driving(connection: AsyncConnection, sql: str) -> Iterator[tuple[Any, Any]]:
    """The driver's connection and SQLAlchemy's above it; the driver's errors become SQLAlchemy's."""
    held = connection.sync_connection
    if held is None:
        raise RuntimeError("the connection is not open")
    driver: Any = held.connection.driver_connection
    try:
        yield driver, held
    except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
        if isinstance(error, asyncpg.InternalClientError):  # such as the server's farewell in the place of an answer
            driver.terminate()
        lost = driver.is_closed()
        raise DBAPIError(sql, None, error, hide_parameters=True, connection_invalidated=lost) from error


def _dump(value: Any) -> str:
    return orjson.dumps(value).decode()
