"""One connection to the database: statements and transactions, one at a time."""

from collections.abc import Callable
from typing import Any, NamedTuple

import asyncpg

from db.core.descriptions import Sql

SNAPSHOT = "begin isolation level repeatable read read only"
# READ COMMITTED, whatever the server's default is: a statement that runs after a wait for a lock must see what the
# other transaction committed.
CHANGES = "begin isolation level read committed"

DRIVER_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

Observer = Callable[[str, tuple[Any, ...]], None]
"""Gets the text and the values of each statement before it is sent."""


class DatabaseError(Exception):
    """The server refused a statement, or the connection was lost.

    `statement` is the name of the statement, `sqlstate` the server's code (None if the server sent none), `constraint`
    the constraint that a row broke, and `lost` says whether the connection is closed. The text is the server's and may
    hold values of a row: do not log it.
    """

    def __init__(self, statement: str, cause: Exception, *, lost: bool) -> None:
        super().__init__(str(cause))
        self.statement = statement
        self.sqlstate: str | None = getattr(cause, "sqlstate", None)
        self.constraint: str | None = getattr(cause, "constraint_name", None)
        self.lost = lost


class Connection:
    """A connection of the pool that one caller uses. It runs one statement at a time."""

    __slots__ = ("_observers", "_savepoints", "driver")

    def __init__(self, driver: Any, observers: list[Observer]) -> None:
        self.driver = driver
        self._observers = observers
        self._savepoints = 0

    @property
    def is_lost(self) -> bool:
        """Whether the connection is closed. The pool may have taken it back already."""
        try:
            return bool(self.driver.is_closed())
        except asyncpg.InterfaceError:  # the driver's object no longer stands for a connection
            return True

    @property
    def is_in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return not self.is_lost and bool(self.driver.is_in_transaction())

    async def fetch(self, sql: Sql, *values: Any) -> list[Any]:
        """Run a statement and return the driver's records.

        Before the first run in this process, the server's description of its columns is compared with the expected
        ones. Raises DatabaseError, and StatementMismatch if the columns differ.
        """
        for observe in self._observers:
            observe(sql.text, values)
        try:
            if not sql.checked and sql.columns is not None:
                sql.check((await self.driver.prepare(sql.text)).get_attributes())
            records: list[Any] = await self.driver.fetch(sql.text, *values)
        except DRIVER_ERRORS as error:
            raise self._failure(sql.name, error) from error
        return records

    async def begin(self, how: str = CHANGES) -> None:
        """Begin a transaction, `CHANGES` or a read-only `SNAPSHOT` in which all statements see the same moment."""
        await self._run(how)

    async def commit(self) -> None:
        """Commit the transaction. Each later statement commits by itself."""
        await self._run("commit")

    async def rollback(self) -> None:
        """Roll the transaction back, if one is open."""
        if self.is_in_transaction:
            await self._run("rollback")

    async def savepoint(self) -> "Savepoint":
        """Set a savepoint in the transaction. It ends with the transaction, and need not be released."""
        self._savepoints += 1
        name = f"savepoint_{self._savepoints}"
        await self._run(f"savepoint {name}")
        return Savepoint(self, name)

    def terminate(self) -> None:
        """Close the connection at once, without a word to the server."""
        if not self.is_lost:
            self.driver.terminate()

    async def _run(self, command: str) -> None:
        """Run a command that has neither parameters nor rows."""
        try:
            await self.driver.execute(command)
        except DRIVER_ERRORS as error:
            raise self._failure(command, error) from error

    def _failure(self, statement: str, error: Exception) -> DatabaseError:
        # For example, the server said that it shuts down when the driver expected the answer to a statement.
        if isinstance(error, asyncpg.InternalClientError):
            self.terminate()
        return DatabaseError(statement, error, lost=self.is_lost)


class Savepoint(NamedTuple):
    """A point in a transaction of a connection, to which it can go back."""

    connection: Connection
    name: str

    async def rollback(self) -> None:
        """Undo everything after the savepoint, and all savepoints after it. The savepoint itself stays."""
        await self.connection._run(f"rollback to savepoint {self.name}")  # noqa: SLF001 - a part of the connection
