"""Shows which locks PostgreSQL holds: whether one transaction waits for another, and which rows are not locked."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from db.core.connection import Connection
from db.core.database import Database
from tests.support.database import fetch

T = TypeVar("T")
WAITING = "select distinct pid from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))"


@asynccontextmanager
async def waiting(holder: Connection, work: Coroutine[Any, Any, T], number: int = 1) -> AsyncIterator[asyncio.Task[T]]:
    """Start `work`, and run the block as soon as PostgreSQL says that transactions wait for a lock of `holder`.

    `number` is how many of them must wait.

    Fails if the work ends without waiting. The block has to release the lock and then await the task.
    """
    task = asyncio.create_task(work)
    try:
        async with asyncio.timeout(10):
            while len(await fetch(holder, WAITING)) < number:
                assert not task.done(), "it did not wait for the lock"
                await asyncio.sleep(0.01)
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


async def lock(connection: Connection, table: str, team_id: str, column: str, value: object) -> None:
    """Lock the rows of a team that have this value in this column. Fails if there is none."""
    query = f"select {column} from {table} where team_id = $1 and {column} = $2 for update"
    assert await fetch(connection, query, team_id, value)


async def unlocked(database: Database, table: str, team_id: str, column: str = "id") -> list[Any]:
    """The values of this column in the rows of a team that are not locked, in order."""
    query = f"select {column} from {table} where team_id = $1 order by {column} for update skip locked"
    async with database.transaction() as connection:
        return [record[0] for record in await fetch(connection, query, team_id)]
