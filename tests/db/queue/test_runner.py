"""A job runs in one worker at a time, also if two workers have been given it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.core.engine import commit, transaction
from db.queue import jobs, runner
from db.queue.jobs import Job
from domain.mails import TRIAL, TrialMail

KEY = "hashtextextended('usher job', (select id from jobs.pgqueuer_log limit 1))"
LOCK = text("select pg_advisory_xact_lock(hashtextextended('usher job', id)) from jobs.pgqueuer")
IS_FREE = text(f"select pg_try_advisory_xact_lock({KEY})")
ATTEMPTS = text("select attempts from jobs.pgqueuer")


@asynccontextmanager
async def worker(engine: AsyncEngine, done: list[str]) -> AsyncIterator[None]:
    """A worker that notes the jobs it has run, until the block ends."""
    stopping = asyncio.Event()

    async def note(job: Job[TrialMail]) -> None:
        done.append(job.id)

    running = asyncio.create_task(runner.work(engine, TRIAL, note, lambda: None, stopping))
    try:
        yield
    finally:
        stopping.set()
        await running


async def queued(engine: AsyncEngine) -> str:
    """The id of a new job."""
    async with transaction(engine) as connection:
        [id_] = await jobs.enqueue(connection, TRIAL, [TrialMail("ada@x.example")])
        await commit(connection)
    return id_


async def value(engine: AsyncEngine, query: Any) -> Any:
    """What a query finds now."""
    async with engine.begin() as connection:
        return (await connection.execute(query)).scalar_one()


async def test_a_job_that_another_worker_has_claimed_is_put_off(idle: AsyncEngine) -> None:
    await queued(idle)
    done: list[str] = []
    async with transaction(idle) as other, asyncio.timeout(20):
        await other.execute(LOCK)
        async with worker(idle, done):
            while not await value(idle, ATTEMPTS):  # noqa: ASYNC110 - it happens in the database
                await asyncio.sleep(0.02)
    assert done == []
    assert await jobs.waiting(idle) == {"trial": 1}


async def test_a_worker_lets_go_of_a_job_that_is_done(idle: AsyncEngine) -> None:
    done: list[str] = []
    async with worker(idle, done), asyncio.timeout(20):
        id_ = await queued(idle)
        while await jobs.waiting(idle):  # noqa: ASYNC110 - it happens in the database
            await asyncio.sleep(0.02)
        assert done == [id_]
        assert await value(idle, IS_FREE)
