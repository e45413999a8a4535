"""A job runs in one worker at a time, also if two workers have taken it."""

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
    """Run a worker until the block ends. It appends the ids of the jobs that it has run to `done`."""
    stopping = asyncio.Event()

    async def note(job: Job[TrialMail]) -> None:
        done.append(job.id)

    running = asyncio.create_task(runner.work(engine, TRIAL, note, lambda: None, stopping))
    try:
        yield
    finally:
        stopping.set()
        await running


async def queue_job(engine: AsyncEngine) -> str:
    """Queue a job and return its id."""
    async with transaction(engine) as connection:
        [id_] = await jobs.enqueue(connection, TRIAL, [TrialMail("ada@x.example")])
        await commit(connection)
    return id_


async def value(engine: AsyncEngine, query: Any) -> Any:
    """Return the current result of a query."""
    async with engine.begin() as connection:
        return (await connection.execute(query)).scalar_one()


async def test_a_job_that_another_worker_has_locked_is_tried_again_later(clean_engine: AsyncEngine) -> None:
    await queue_job(clean_engine)
    done: list[str] = []
    async with transaction(clean_engine) as other, asyncio.timeout(20):
        await other.execute(LOCK)
        async with worker(clean_engine, done):
            while not await value(clean_engine, ATTEMPTS):  # noqa: ASYNC110 - it happens in the database
                await asyncio.sleep(0.02)
    assert done == []
    assert await jobs.waiting(clean_engine) == {"trial": 1}


async def test_a_worker_releases_the_lock_of_a_job_that_is_done(clean_engine: AsyncEngine) -> None:
    done: list[str] = []
    async with worker(clean_engine, done), asyncio.timeout(20):
        id_ = await queue_job(clean_engine)
        while await jobs.waiting(clean_engine):  # noqa: ASYNC110 - it happens in the database
            await asyncio.sleep(0.02)
        assert done == [id_]
        assert await value(clean_engine, IS_FREE)
