"""The one connection of an operation, on which whoever reads takes turns."""

import asyncio

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.core.engine import begin_snapshot, end


class Over(Exception):
    """The operation has ended, so nothing is read for it any more."""


class Turns:
    """`async with` it for one statement: asyncpg can do only one at a time.

    The first opens a read-only snapshot that the others share; after `keep` they read on another connection.
    """

    __slots__ = ("_connection", "_engine", "_failed", "_lock", "_over")

    def __init__(self, engine: AsyncEngine) -> None:
        """Nothing is opened yet."""
        self._engine = engine
        self._lock = asyncio.Lock()
        self._connection: AsyncConnection | None = None
        self._failed: DBAPIError | None = None
        self._over = False

    async def __aenter__(self) -> AsyncConnection:
        """The connection. Raises Over, or what an earlier statement failed with."""
        await self._lock.acquire()
        try:
            return await self._opened()
        except BaseException:
            self._lock.release()
            raise

    async def __aexit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """The next one's turn."""
        if isinstance(error, DBAPIError):
            self._failed = error
        self._lock.release()

    async def _opened(self) -> AsyncConnection:
        if self._over:
            raise Over
        if self._connection is None:
            self._connection = await begin_snapshot(self._engine)
        if self._failed is not None:
            # PostgreSQL would refuse the statement for being in a failed transaction, and hide why it failed.
            raise self._failed
        return self._connection

    def keep(self, connection: AsyncConnection) -> None:
        """Read on this connection from now on, and close it in the end."""
        self._connection = connection

    def take(self) -> AsyncConnection | None:
        """Give the connection away, if there is one: it is the taker's to close."""
        connection, self._connection = self._connection, None
        return connection

    async def close(self) -> None:
        """Give the connection back, rolling back what is open."""
        self._failed = None
        connection = self.take()
        if connection is not None:
            await end(connection)

    async def end(self) -> None:
        """Close for good: the statement under way is waited for, and none begins after it."""
        self._over = True
        async with self._lock:
            await self.close()
