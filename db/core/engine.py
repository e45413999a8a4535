"""Connections: one pool a process; reads in one snapshot, changes in one transaction."""

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
DRIVERS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

WAIT_SECONDS = 30.0
"""How long somebody waits for a connection that is in use, before it is an error."""


class _Places:
    """The places of an engine's pool, given in the order in which they were asked for.

    The pool itself gives a connection that has come back to whoever asks just then, before those who wait: under load
    some waited five times as long as others. `lost` are the places whose connection was lost or given away, and has
    to be made anew.
    """

    def __init__(self, engine: Engine) -> None:
        self.line = Semaphore(POOL_SIZE)
        self.lost: WeakSet[ConnectionPoolEntry] = WeakSet()
        for loss in ("invalidate", "soft_invalidate", "detach"):
            event.listen(engine, loss, lambda _, entry, *__: self.lost.add(entry))
        event.listen(engine, "connect", lambda _, entry: self.lost.discard(entry))

    async def wait(self) -> None:
        """Wait for a place. Raises SQLAlchemy's TimeoutError when there is none for too long."""
        if not self.line.locked():
            await self.line.acquire()
            return
        try:
            async with timeout(WAIT_SECONDS):
                await self.line.acquire()
        except TimeoutError as error:
            raise PoolTimeout(f"no connection came back within {WAIT_SECONDS:.0f} s") from error


_places: WeakKeyDictionary[Engine, _Places] = WeakKeyDictionary()


def connect(url: str) -> AsyncEngine:
    """An engine for a `postgresql://` address. Nothing is opened before the first use."""
    engine = create_async_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_use_lifo=True,  # the connection used last has everything it needs at hand
        hide_parameters=True,
        json_serializer=_dump,
        json_deserializer=orjson.loads,
        connect_args={
            "server_settings": {
                "application_name": "usher",
                "timezone": "UTC",
                # Every statement finds its rows by indexes, in memory or on a disk that need not seek. Planned anew for
                # its values, it took longer than to run.
                "plan_cache_mode": "force_generic_plan",
                "random_page_cost": "1.1",
                # Nobody waits for ever: a stuck statement or lock ends as an error, and its transaction with it.
                "statement_timeout": "30s",
                "lock_timeout": "10s",
                "idle_in_transaction_session_timeout": "60s",
            }
        },
    )
    _places[engine.sync_engine] = _Places(engine.sync_engine)
    return engine


async def begin_snapshot(engine: AsyncEngine) -> AsyncConnection:
    """A read-only connection on which every statement sees the same moment, to be given back by `end`."""
    return await _begun(engine, "begin isolation level repeatable read read only")


async def begin(engine: AsyncEngine) -> AsyncConnection:
    """A connection to change things on, to be given back by `end`, which rolls back what `commit` was not called for.

    READ COMMITTED whatever the server's default: a statement after a lock must see what it waited for.
    """
    return await _begun(engine, "begin isolation level read committed")


async def end(connection: AsyncConnection) -> None:
    """Give a connection back, with nothing left open on it."""
    held = connection.sync_connection
    if held is None:
        return
    try:
        if not connection.invalidated:
            await _leave(connection)
    finally:
        try:
            held.close()  # no more than putting it back: it has no transaction that SQLAlchemy knows of
        finally:
            _places[connection.sync_engine].line.release()


@asynccontextmanager
async def snapshot(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection of `begin_snapshot`, given back at the end."""
    connection = await begin_snapshot(engine)
    try:
        yield connection
    finally:
        await end(connection)


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection of `begin`, given back at the end."""
    connection = await begin(engine)
    try:
        yield connection
    finally:
        await end(connection)


async def commit(connection: AsyncConnection) -> None:
    """Commit what was done on a connection of `transaction`; what follows on it stands by itself.

    SQLAlchemy's own `commit` and `rollback` do nothing there: it did not begin the transaction.
    """
    _, held = _driver(connection)
    held.dispatch.commit(held)
    await _told(connection, "commit")


async def rollback(connection: AsyncConnection) -> None:
    """Undo what was done on a connection of `transaction`, if it is not committed."""
    driver, held = _driver(connection)
    if not driver.is_closed() and driver.is_in_transaction():
        held.dispatch.rollback(held)
        await _told(connection, "rollback")


async def savepoint(connection: AsyncConnection) -> None:
    """A place to go back to by `undo`, in the transaction of this connection."""
    _, held = _driver(connection)
    held.dispatch.savepoint(held, "attempt")
    await _told(connection, "savepoint attempt")


async def undo(connection: AsyncConnection) -> None:
    """Undo what was done since the last `savepoint`, which stays."""
    _, held = _driver(connection)
    held.dispatch.rollback_savepoint(held, "attempt", None)
    await _told(connection, "rollback to savepoint attempt")


async def fetch(connection: AsyncConnection, sql: str, *values: Any) -> list[Any]:
    """The rows of a statement in the driver's own form (`$1`), by the driver itself: tuples, in half the time.

    Who listens to SQLAlchemy's events hears of it too. Raises DBAPIError, as every other statement does.
    """
    driver, held = _driver(connection)
    held.dispatch.before_cursor_execute(held, None, sql, values, None, False)
    try:
        rows: list[Any] = await driver.fetch(sql, *values)
    except DRIVERS as error:
        raise _failed(driver, sql, error) from error
    return rows


async def _begun(engine: AsyncEngine, how: str) -> AsyncConnection:
    """A connection in a transaction that is begun here: SQLAlchemy would begin one only for its own statements."""
    connection = await _taken(engine)
    try:
        await _begin(connection, how)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        # The server was away. All connections of before are lost then, and nothing has been done on this one.
        await engine.dispose()
        connection = await _taken(engine)
        await _begin(connection, how)
    return connection


async def _taken(engine: AsyncEngine) -> AsyncConnection:
    """A connection of the pool: an idle one without a greenlet, which is only for those that have to be made."""
    places = _places[engine.sync_engine]
    await places.wait()
    try:
        if engine.pool.checkedin() and not places.lost:  # type: ignore[attr-defined] # it has a size
            with suppress(MissingGreenlet):
                return _of(engine, engine.sync_engine.connect())
        return _of(engine, (await engine.connect().start()).sync_connection)
    except BaseException:
        places.line.release()
        raise


def _of(engine: AsyncEngine, held: Connection | None) -> AsyncConnection:
    if held is None:
        raise RuntimeError("the connection is not open")
    return AsyncConnection(engine, held.execution_options(isolation_level="AUTOCOMMIT"))


async def _begin(connection: AsyncConnection, how: str) -> None:
    try:
        await _told(connection, how)
    except BaseException:
        # Cut short, it may still begin: the driver does not know before the server has answered.
        try:
            await connection.invalidate()
        finally:
            await end(connection)
        raise


async def _leave(connection: AsyncConnection) -> None:
    driver, _ = _driver(connection)
    try:
        await rollback(connection)
    finally:
        if driver.is_closed() or driver.is_in_transaction():  # nobody else may get it
            await connection.invalidate()


async def _told(connection: AsyncConnection, sql: str) -> None:
    """Run what has neither parameters nor rows."""
    driver, _ = _driver(connection)
    try:
        await driver.execute(sql)
    except DRIVERS as error:
        raise _failed(driver, sql, error) from error


def _driver(connection: AsyncConnection) -> tuple[Any, Connection]:
    """The driver's connection and SQLAlchemy's above it."""
    held = connection.sync_connection
    if held is None:
        raise RuntimeError("the connection is not open")
    return held.connection.driver_connection, held


def _failed(driver: Any, sql: str, error: Exception) -> DBAPIError:
    """The driver's error as SQLAlchemy's."""
    if isinstance(error, asyncpg.InternalClientError):  # such as the server's farewell in the place of an answer
        driver.terminate()
    return DBAPIError(sql, None, error, hide_parameters=True, connection_invalidated=driver.is_closed())


def _dump(value: Any) -> str:
    return orjson.dumps(value).decode()
