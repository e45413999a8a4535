"""A job runs in one worker at a time, also if two workers have taken it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pgqueuer.qm import QueueManager
from structlog.testing import capture_logs

from db.core.connection import DatabaseError
from db.core.database import Database
from db.queue import jobs, runner
from db.queue.jobs import Job
from domain.mails import TRIAL, TrialMail
from tests.support.database import fetch, fetch_rows

KEY = "hashtextextended('usher job', (select id from jobs.pgqueuer_log limit 1))"
LOCK = "select pg_advisory_xact_lock(hashtextextended('usher job', id)) from jobs.pgqueuer"
IS_FREE = f"select pg_try_advisory_xact_lock({KEY})"
ATTEMPTS = "select attempts from jobs.pgqueuer"


@asynccontextmanager
async def worker(database: Database, done: list[str]) -> AsyncIterator[None]:
    """Run a worker until the block ends. It appends the ids of the jobs that it has run to `done`."""
    stopping = asyncio.Event()

    async def note(job: Job[TrialMail]) -> None:
        done.append(job.id)

    running = asyncio.create_task(runner.work(database, TRIAL, note, lambda: None, stopping))
    try:
        yield
    finally:
        stopping.set()
        await running


async def queue_job(database: Database) -> str:
    """Queue a job and return its id."""
    async with database.transaction() as connection:
        [id_] = await jobs.enqueue(connection, TRIAL, [TrialMail("ada@x.example")])
        await connection.commit()
    return id_


async def value(database: Database, query: str) -> Any:
    """Return the current result of a query."""
    [(only,)] = await fetch_rows(database, query)
    return only


async def test_a_job_that_another_worker_has_locked_is_tried_again_later(clean_database: Database) -> None:
    await queue_job(clean_database)
    done: list[str] = []
    async with clean_database.transaction() as other, asyncio.timeout(20):
        await fetch(other, LOCK)
        async with worker(clean_database, done):
            while not await value(clean_database, ATTEMPTS):  # noqa: ASYNC110 - it happens in the database
                await asyncio.sleep(0.02)
    assert done == []
    assert await jobs.waiting(clean_database) == {"trial": 1}


async def test_a_worker_releases_the_lock_of_a_job_that_is_done(clean_database: Database) -> None:
    done: list[str] = []
    async with worker(clean_database, done), asyncio.timeout(20):
        id_ = await queue_job(clean_database)
        while await jobs.waiting(clean_database):  # noqa: ASYNC110 - it happens in the database
            await asyncio.sleep(0.02)
        assert done == [id_]
        assert await value(clean_database, IS_FREE)


@pytest.mark.parametrize(("lost", "event"), [(True, "job_put_off"), (False, "job_failed")])
async def test_a_job_that_lost_the_database_is_put_off_and_is_no_defect(
    clean_database: Database, lost: bool, event: str
) -> None:
    stopping = asyncio.Event()

    async def fail(_: Job[TrialMail]) -> None:
        raise DatabaseError("statement", OSError("gone"), lost=lost)

    await queue_job(clean_database)
    with capture_logs() as lines:
        running = asyncio.create_task(runner.work(clean_database, TRIAL, fail, lambda: None, stopping))
        async with asyncio.timeout(20):
            while not await value(clean_database, ATTEMPTS):  # noqa: ASYNC110 - it happens in the database
                await asyncio.sleep(0.02)
        stopping.set()
        await running
    assert [line["event"] for line in lines if line["event"].startswith("job_")] == [event]


@pytest.mark.parametrize("is_lost", [True, False])
async def test_any_error_after_the_connection_was_lost_says_that_the_queue_is_unavailable(
    usher_database: Database, monkeypatch: pytest.MonkeyPatch, is_lost: bool
) -> None:
    async def run(manager: QueueManager, **_: object) -> None:
        if is_lost:
            manager.queries.driver._connection.terminate()  # type: ignore[attr-defined]
        raise LookupError

    async def nothing(_: Job[TrialMail]) -> None:
        """Do nothing: no job is taken."""

    monkeypatch.setattr(QueueManager, "run", run)
    with pytest.raises(runner.QueueUnavailable if is_lost else LookupError):
        await runner.work(usher_database, TRIAL, nothing, lambda: None, asyncio.Event())
