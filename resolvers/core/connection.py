"""The one database connection of an operation. Its loaders share it, and run one statement at a time."""

import asyncio

from db.core.connection import SNAPSHOT, Connection, DatabaseError
from db.core.database import Database


class OperationEnded(Exception):
    """The operation has ended, so it may not read any more."""


class SecondRead(Exception):
    """One statement was to answer the whole operation, but a field needs another one."""


class OperationConnection:
    """Enter it with `async with` for each statement: asyncpg runs only one statement at a time on a connection.

    The first entry opens a read-only snapshot, which later entries share. After `use` they read on the connection that
    was passed to it. `reads` counts the entries. `only_one` says that one statement outside a transaction has read
    everything, so that another one would see another moment; `refused` says that one was wanted.
    """

    __slots__ = ("_connection", "_database", "_ended", "_failure", "_lock", "only_one", "reads", "refused")

    def __init__(self, database: Database) -> None:
        """Store the database; the first entry opens the connection."""
        self._database = database
        self._lock = asyncio.Lock()
        self._connection: Connection | None = None
        self._failure: DatabaseError | None = None
        self._ended = False
        self.only_one = self.refused = False
        self.reads = 0

    async def __aenter__(self) -> Connection:
        """Return the connection, locked. Raises OperationEnded, SecondRead, or the error of an earlier statement."""
        self.reads += 1
        await self._lock.acquire()
        try:
            return await self._open()
        except BaseException:
            self._lock.release()
            raise

    async def __aexit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Unlock the connection for the next statement, and store the error if the statement failed."""
        if isinstance(error, DatabaseError):
            self._failure = error
        self._lock.release()

    async def _open(self) -> Connection:
        if self._ended:
            raise OperationEnded
        if self.only_one:
            self.refused = True
            raise SecondRead
        if self._connection is None:
            self._connection = await self._database.take(SNAPSHOT)
        if self._failure is not None:
            # PostgreSQL would only answer that the transaction has failed, which hides the first error.
            raise self._failure
        return self._connection

    def use(self, connection: Connection) -> None:
        """Read on this connection from now on, and close it at the end."""
        self._connection = connection

    def detach(self) -> Connection | None:
        """Hand over the connection, if there is one. The caller must close it."""
        connection, self._connection = self._connection, None
        return connection

    async def close(self) -> None:
        """Roll back the open transaction and give the connection back."""
        self._failure = None
        connection = self.detach()
        if connection is not None:
            await self._database.give_back(connection)

    async def end(self) -> None:
        """Close for good: wait for the running statement, and let no other statement begin."""
        self._ended = True
        async with self._lock:
            await self.close()
