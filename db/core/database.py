"""The way to the database: a pool of connections for each process, and on each one statements and transactions.

Every statement is an `Sql` (see `db.core.descriptions`). Requests send it only through `Connection.fetch`.
"""

from asyncio import Lock, timeout
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import asyncpg
from sqlalchemy.engine import make_url

from db.core.connection import CHANGES, DRIVER_ERRORS, SNAPSHOT, Connection, DatabaseError, Observer
from db.core.slots import Slots

T = TypeVar("T")

POOL_SIZE = 16
WAIT_SECONDS = 30.0
"""How long a caller waits for a free connection before it gets an error."""

CLOSE_SECONDS = 5.0
"""How long `close` waits for connections that are still in use."""

_SETTINGS = {
    "application_name": "usher",
    "timezone": "UTC",
    # Every statement finds its rows by indexes, in memory or on a disk that has no seek time. To plan a statement again
    # for its values took longer than to run it.
    "plan_cache_mode": "force_generic_plan",
    "random_page_cost": "1.1",
    # A compiled statement starts faster only if it runs longer than any of Usher's.
    "jit": "off",
    # A statement that runs too long, or waits too long for a lock, ends with an error, and its transaction is rolled
    # back.
    "statement_timeout": "30s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
}


class PoolTimeout(Exception):
    """No connection was free within `WAIT_SECONDS`."""


class Database:
    """A database and the pool of connections of one process. `observers` get each statement before it is sent."""

    def __init__(self, url: str) -> None:
        """Take a `postgresql://` address. No connection is opened before the first use."""
        self.url = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self.observers: list[Observer] = []
        self._pool: Any = None
        self._opening = Lock()
        # asyncpg gives a returned connection to the caller that asks at that moment, before the callers that wait:
        # under load some of them waited five times as long as others. The slots serve them in a fair order.
        self._slots = Slots(POOL_SIZE)

    async def take(self, how: str | None = None) -> Connection:
        """Take a connection, with a transaction if `how` names one. Give it back with `give_back`.

        Raises PoolTimeout, DatabaseError, and OSError if the server cannot be reached.
        """
        connection = await self._take()
        if how is None:
            return connection
        try:
            await self._begin(connection, how)
        except DatabaseError as error:
            if not error.lost:
                raise
            # The server went away. All older connections are lost then, and this one has done nothing yet: try again.
            await self._pool.expire_connections()
            connection = await self._take()
            await self._begin(connection, how)
        return connection

    async def give_back(self, connection: Connection) -> None:
        """Give a connection back. A transaction that is still open is rolled back."""
        try:
            await connection.rollback()
        finally:
            if connection.is_in_transaction:  # no other caller may get it
                connection.terminate()
            try:
                await _release(connection.driver)
            finally:
                self._slots.give_back()

    async def read_once(self, read: Callable[[Connection], Awaitable[T]]) -> T:
        """Return what `read` reads with one statement, which sees one moment and needs no transaction.

        It is called once more if the connection was lost.
        """
        connection = await self._take()
        try:
            return await read(connection)
        except DatabaseError as error:
            if not error.lost:
                raise
        finally:
            await self.give_back(connection)
        await self._pool.expire_connections()
        async with self.connection() as connection:
            return await read(connection)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection without a transaction, until the block ends. Each statement commits by itself."""
        connection = await self.take()
        try:
            yield connection
        finally:
            await self.give_back(connection)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Connection]:
        """A read-only connection on which all statements see the same moment, until the block ends."""
        connection = await self.take(SNAPSHOT)
        try:
            yield connection
        finally:
            await self.give_back(connection)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection for changes. What was not committed when the block ends is rolled back."""
        connection = await self.take(CHANGES)
        try:
            yield connection
        finally:
            await self.give_back(connection)

    async def open_alone(self) -> asyncpg.Connection:
        """Open a connection outside the pool, for a caller that keeps it. The caller closes it."""
        return await asyncpg.connect(self.url, server_settings=_SETTINGS)

    async def close(self) -> None:
        """Close all connections. A later use opens new ones."""
        if self._pool is None:
            return
        try:
            async with timeout(CLOSE_SECONDS):
                await self._pool.close()
        except TimeoutError:  # somebody still uses a connection
            self._pool.terminate()
        self._pool = None

    async def _take(self) -> Connection:
        if not self._slots.take_free():
            try:
                async with timeout(WAIT_SECONDS):
                    await self._slots.wait()
            except TimeoutError as error:
                raise PoolTimeout(f"no connection was free within {WAIT_SECONDS:.0f} s") from error
        try:
            if self._pool is None:
                await self._open_pool()
            return Connection(await self._pool.acquire(), self.observers)
        except DRIVER_ERRORS as error:
            self._slots.give_back()
            raise DatabaseError("connect", error, lost=True) from error
        except BaseException:
            self._slots.give_back()
            raise

    async def _open_pool(self) -> None:
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self.url,
                    min_size=0,
                    max_size=POOL_SIZE,
                    max_inactive_connection_lifetime=0,
                    # A new connection would have to prepare all statements again.
                    max_queries=2**31,
                    reset=_leave_as_it_is,
                    server_settings=_SETTINGS,
                    # A statement takes memory in each server process. A large one is rare, and is planned each time.
                    statement_cache_size=256,
                    max_cached_statement_lifetime=0,
                    max_cacheable_statement_size=32 * 1024,
                )

    async def _begin(self, connection: Connection, how: str) -> None:
        try:
            await connection.begin(how)
        except BaseException:
            # The transaction may begin even if this task is cancelled: the driver only knows when the server answered.
            connection.terminate()
            await self.give_back(connection)
            raise


async def _release(driver: Any) -> None:
    """Give the driver's connection back to its pool.

    `Pool.release` does the same in a task of its own, so that a cancelled caller does not stop the statements that undo
    settings. Usher sends none, and the task took a tenth of the time of a small read.
    """
    if driver._con is not None:  # noqa: SLF001 - it is None if the pool has taken back a lost connection
        driver._con._on_release()  # noqa: SLF001
        await driver._holder.release(None)  # noqa: SLF001


async def _leave_as_it_is(_: Any) -> None:
    """Do nothing when a connection goes back to the pool.

    asyncpg would send four statements that undo settings, locks and cursors. Usher leaves none of them behind.
    """
