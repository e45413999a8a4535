"""Shows which locks PostgreSQL holds: whether one transaction waits for another, and which rows are not locked."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.core.engine import transaction

T = TypeVar("T")
WAITING = text("select pid from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))")


@asynccontextmanager
async def waiting(holder: AsyncConnection, work: Coroutine[Any, Any, T]) -> AsyncIterator[asyncio.Task[T]]:
    """Start `work`, and run the block as soon as PostgreSQL says that a transaction waits for a lock of `holder`.

    Fails if the work ends without waiting. The block has to release the lock and then await the task.
    """
    task = asyncio.create_task(work)
    try:
        async with asyncio.timeout(10):
            while not (await holder.execute(WAITING)).all():
                assert not task.done(), "it did not wait for the lock"
                await asyncio.sleep(0.01)
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


async def lock(connection: AsyncConnection, table: str, team_id: str, column: str, value: object) -> None:
    """Lock the rows of a team that have this value in this column. Fails if there is none."""
    query = text(f"select {column} from {table} where team_id = :team and {column} = :value for update")
    assert (await connection.execute(query, {"team": team_id, "value": value})).all()


async def unlocked(engine: AsyncEngine, table: str, team_id: str, column: str = "id") -> list[Any]:
    """The values of this column in the rows of a team that are not locked, in order."""
    query = text(f"select {column} from {table} where team_id = :team order by {column} for update skip locked")
    async with transaction(engine) as connection:
        return list((await connection.execute(query, {"team": team_id})).scalars())
