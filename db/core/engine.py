"""Database connections: one pool for each process, snapshots for reading, and transactions for changes."""

from asyncio import Semaphore, timeout
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

import asyncpg
import orjson
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, MissingGreenlet
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

POOL_SIZE = 16
DRIVER_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

WAIT_SECONDS = 30.0
"""How long a caller waits for a free connection before it gets an error."""


class _Slots:
    """The slots of an engine's pool. Callers get a slot in the order in which they asked for one.

    SQLAlchemy's pool gives a returned connection to the caller that asks at that moment, before the callers that wait:
    under load some of them waited five times as long as others. `lost` are the pool's entries whose connection was lost
    or detached and must be opened again.
    """

    def __init__(self, engine: Engine) -> None:
        self.free = Semaphore(POOL_SIZE)
        self.lost: WeakSet[ConnectionPoolEntry] = WeakSet()
        for loss in ("invalidate", "soft_invalidate", "detach"):
            event.listen(engine, loss, lambda _, entry, *__: self.lost.add(entry))
        event.listen(engine, "connect", lambda _, entry: self.lost.discard(entry))

    async def wait(self) -> None:
        """Wait for a slot. Raises SQLAlchemy's TimeoutError if none is free within WAIT_SECONDS."""
        if not self.free.locked():
            await self.free.acquire()
            return
        try:
            async with timeout(WAIT_SECONDS):
                await self.free.acquire()
        except TimeoutError as error:
            raise PoolTimeout(f"no connection was free within {WAIT_SECONDS:.0f} s") from error


_slots: WeakKeyDictionary[Engine, _Slots] = WeakKeyDictionary()


def connect(url: str) -> AsyncEngine:
    """Return an engine for a `postgresql://` address. It opens no connection before the first use."""
    engine = create_async_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_use_lifo=True,  # the connection that was used last has the most in its caches
        hide_parameters=True,
        json_serializer=_json,
        json_deserializer=orjson.loads,
        connect_args={
            "server_settings": {
                "application_name": "usher",
                "timezone": "UTC",
                # Every statement finds its rows by indexes, in memory or on a disk that has no seek time. To plan a
                # statement again for its values took longer than to run it.
                "plan_cache_mode": "force_generic_plan",
                "random_page_cost": "1.1",
                # A statement that runs too long, or waits too long for a lock, ends with an error, and its transaction
                # is rolled back.
                "statement_timeout": "30s",
                "lock_timeout": "10s",
                "idle_in_transaction_session_timeout": "60s",
            }
        },
    )
    _slots[engine.sync_engine] = _Slots(engine.sync_engine)
    return engine


async def begin_snapshot(engine: AsyncEngine) -> AsyncConnection:
    """Open a read-only connection on which every statement sees the data of the same moment. Return it with `end`."""
    return await _open_transaction(engine, "begin isolation level repeatable read read only")


async def begin(engine: AsyncEngine) -> AsyncConnection:
    """Open a connection for changes. Return it with `end`, which rolls back everything that was not committed.

    The isolation level is READ COMMITTED, whatever the server's default is: a statement that runs after a wait for a
    lock must see what the other transaction committed.
    """
    return await _open_transaction(engine, "begin isolation level read committed")


async def end(connection: AsyncConnection) -> None:
    """Return a connection to the pool. A transaction that is still open is rolled back."""
    sync_connection = connection.sync_connection
    if sync_connection is None:
        return
    try:
        if not connection.invalidated:
            await _roll_back_or_invalidate(connection)
    finally:
        try:
            sync_connection.close()  # it only goes back to the pool: SQLAlchemy knows of no transaction on it
        finally:
            _slots[connection.sync_engine].free.release()


@asynccontextmanager
async def snapshot(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection from `begin_snapshot`. It goes back to the pool when the block ends."""
    connection = await begin_snapshot(engine)
    try:
        yield connection
    finally:
        await end(connection)


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection from `begin`. It goes back to the pool when the block ends."""
    connection = await begin(engine)
    try:
        yield connection
    finally:
        await end(connection)


async def commit(connection: AsyncConnection) -> None:
    """Commit the transaction of a connection from `begin` or `transaction`.

    Each later statement on the connection commits by itself. SQLAlchemy's own `commit` and `rollback` do nothing on
    such a connection, because SQLAlchemy did not begin the transaction.
    """
    _, sync_connection = _driver(connection)
    sync_connection.dispatch.commit(sync_connection)
    await _execute(connection, "commit")


async def rollback(connection: AsyncConnection) -> None:
    """Roll back the transaction of a connection from `begin` or `transaction`, if it is still open."""
    driver, sync_connection = _driver(connection)
    if not driver.is_closed() and driver.is_in_transaction():
        sync_connection.dispatch.rollback(sync_connection)
        await _execute(connection, "rollback")


async def savepoint(connection: AsyncConnection) -> None:
    """Set a savepoint in the transaction of this connection, for `rollback_to_savepoint`."""
    _, sync_connection = _driver(connection)
    sync_connection.dispatch.savepoint(sync_connection, "attempt")
    await _execute(connection, "savepoint attempt")


async def rollback_to_savepoint(connection: AsyncConnection) -> None:
    """Roll back to the last `savepoint`. The savepoint itself stays."""
    _, sync_connection = _driver(connection)
    sync_connection.dispatch.rollback_savepoint(sync_connection, "attempt", None)
    await _execute(connection, "rollback to savepoint attempt")


async def fetch(connection: AsyncConnection, sql: str, *values: Any) -> list[Any]:
    """Run a statement in the driver's own form (`$1` for the first value), and return its rows as asyncpg's records.

    It does not go through SQLAlchemy's cursor, which took twice as long. The listeners to SQLAlchemy's events see the
    statement too. Raises DBAPIError, as every other statement does.
    """
    driver, sync_connection = _driver(connection)
    sync_connection.dispatch.before_cursor_execute(sync_connection, None, sql, values, None, False)
    try:
        rows: list[Any] = await driver.fetch(sql, *values)
    except DRIVER_ERRORS as error:
        raise _dbapi_error(driver, sql, error) from error
    return rows


async def _open_transaction(engine: AsyncEngine, begin_sql: str) -> AsyncConnection:
    """Take a connection and begin a transaction on it: SQLAlchemy begins one only for its own statements."""
    connection = await _take_connection(engine)
    try:
        await _begin(connection, begin_sql)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        # The server went away. All older connections are lost then, and this one has done nothing yet: try once more.
        await engine.dispose()
        connection = await _take_connection(engine)
        await _begin(connection, begin_sql)
    return connection


async def _take_connection(engine: AsyncEngine) -> AsyncConnection:
    """Take a connection from the pool. Only one that must be opened needs a greenlet; an idle one does not."""
    slots = _slots[engine.sync_engine]
    await slots.wait()
    try:
        if engine.pool.checkedin() and not slots.lost:  # type: ignore[attr-defined] # it has a size
            with suppress(MissingGreenlet):
                return _async_connection(engine, engine.sync_engine.connect())
        return _async_connection(engine, (await engine.connect().start()).sync_connection)
    except BaseException:
        slots.free.release()
        raise


def _async_connection(engine: AsyncEngine, sync_connection: Connection | None) -> AsyncConnection:
    if sync_connection is None:
        raise RuntimeError("the connection is not open")
    return AsyncConnection(engine, sync_connection.execution_options(isolation_level="AUTOCOMMIT"))


async def _begin(connection: AsyncConnection, begin_sql: str) -> None:
    try:
        await _execute(connection, begin_sql)
    except BaseException:
        # The transaction may begin even if this task is cancelled: the driver only knows when the server has answered.
        try:
            await connection.invalidate()
        finally:
            await end(connection)
        raise


async def _roll_back_or_invalidate(connection: AsyncConnection) -> None:
    driver, _ = _driver(connection)
    try:
        await rollback(connection)
    finally:
        if driver.is_closed() or driver.is_in_transaction():  # no other caller may get it
            await connection.invalidate()


async def _execute(connection: AsyncConnection, sql: str) -> None:
    """Run a statement that has neither parameters nor rows."""
    driver, _ = _driver(connection)
    try:
        await driver.execute(sql)
    except DRIVER_ERRORS as error:
        raise _dbapi_error(driver, sql, error) from error


def _driver(connection: AsyncConnection) -> tuple[Any, Connection]:
    """Return the driver's connection, and SQLAlchemy's synchronous connection that wraps it."""
    sync_connection = connection.sync_connection
    if sync_connection is None:
        raise RuntimeError("the connection is not open")
    return sync_connection.connection.driver_connection, sync_connection


def _dbapi_error(driver: Any, sql: str, error: Exception) -> DBAPIError:
    """Turn the driver's error into SQLAlchemy's."""
    # For example, the server said that it shuts down when the driver expected the answer to a statement.
    if isinstance(error, asyncpg.InternalClientError):
        driver.terminate()
    return DBAPIError(sql, None, error, hide_parameters=True, connection_invalidated=driver.is_closed())


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
