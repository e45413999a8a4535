"""Run the jobs of one kind until the worker stops. In each worker, each kind has a lane of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Generic, TypeVar

import asyncpg
import structlog
from pgqueuer.domain.errors import PgqException
from pgqueuer.domain.types import Channel
from pgqueuer.errors import RetryRequested
from pgqueuer.models import Job as QueuedJob
from pgqueuer.qm import QueueManager

from db.core.connection import DatabaseError
from db.core.database import Database
from db.queue.jobs import SETTINGS, Job, MalformedPayload, RetryLater, expired, queries, read_job
from db.queue.notifications import LaneDriver
from domain.jobs import JobKind

# If a worker gives no sign of life for this time, it counts as dead, and other workers take its jobs.
HEARTBEAT_TIMEOUT = timedelta(seconds=10)
# A worker looks at the queue at least this often, also if it gets no notification.
POLL_INTERVAL = timedelta(seconds=10)
# The pause before the second attempt at a job, and the longest pause between two attempts.
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(minutes=15)
# How long the running jobs may still take when the worker stops.
GRACE_SECONDS = 10.0

# A worker that was suspended, and counted as dead, may continue while another worker has its job. The lock prevents
# that both run it. The lock ends with the connection, so the lock of a dead worker is free at once.
CLAIM = """
select pg_try_advisory_lock(hashtextextended('usher job', id)) as mine
from jobs.pgqueuer where id = $1 and queue_manager_id = $2
"""
RELEASE = "select pg_advisory_unlock(hashtextextended('usher job', $1))"

Payload = TypeVar("Payload")
Handler = Callable[[Job[Payload]], Awaitable[None]]

log = structlog.get_logger()


class QueueUnavailable(Exception):
    """The database became unreachable, or refused a statement, while jobs were running."""


def pause(attempts: int) -> timedelta:
    """Return the pause after an attempt: 10 s after the first (0), then twice as long each time, up to 15 minutes."""
    return min(SHORTEST_PAUSE * (1 << min(attempts, 10)), LONGEST_PAUSE)


async def work(
    database: Database,
    kind: JobKind[Payload],
    handler: Handler[Payload],
    malformed: Callable[[], None],
    stopping: asyncio.Event,
) -> None:
    """Run the jobs of this kind on a connection of their own until `stopping` is set.

    A job is done when its handler returns. If the handler raises `RetryLater` or any other exception, the job is tried
    again after a pause. A handler may `finish` its job in its own transaction. If a payload does not fit its kind, the
    job is removed and `malformed` is called. After `stopping` is set, the running jobs have `GRACE_SECONDS` to end.
    Then they go back to the queue. Raises QueueUnavailable.
    """
    try:
        async with _connection(database) as connection:
            driver = LaneDriver(connection)
            manager = QueueManager(queries(driver), Channel(SETTINGS.channel))
            lane = _Lane(driver, manager, kind, handler, malformed, stopping)
            # "hold" keeps each job that the library counts as failed, so that no job is lost.
            manager.entrypoint(kind.name, accepts_context=False, on_failure="hold")(lane.take)
            end = asyncio.create_task(lane.end())
            try:
                await manager.run(
                    batch_size=1,
                    # The smallest number that the library accepts: one job more than the running ones. Its own limit
                    # for a kind counts the jobs of all workers: one worker that hangs would block all others.
                    max_concurrent_tasks=kind.limit + 1,
                    dequeue_timeout=POLL_INTERVAL,
                    heartbeat_timeout=HEARTBEAT_TIMEOUT,
                    log_aggregation_interval=timedelta(0),
                    shutdown_on_listener_failure=True,
                )
            finally:
                end.cancel()
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, PgqException) as error:
        raise QueueUnavailable(type(error).__name__) from error


@asynccontextmanager
async def _connection(database: Database) -> AsyncIterator[asyncpg.Connection]:
    """Open a connection outside the pool: it listens for new jobs as long as the worker runs.

    Raises QueueUnavailable for every error after the connection was lost: the loss shows in many ways, also as errors
    of the library itself.
    """
    connection = await database.open_alone()
    try:
        yield connection
    except Exception as error:
        if connection.is_closed():
            raise QueueUnavailable(type(error).__name__) from error
        raise
    finally:
        connection.terminate()


@dataclass
class _Lane(Generic[Payload]):
    """Runs at most `kind.limit` jobs at a time. If the worker dies, the result of no more jobs than that is unknown."""

    driver: LaneDriver
    manager: QueueManager
    kind: JobKind[Payload]
    handler: Handler[Payload]
    malformed: Callable[[], None]
    stopping: asyncio.Event
    running: set[asyncio.Timeout] = field(default_factory=set)
    slots: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self.slots = asyncio.Semaphore(self.kind.limit)

    async def take(self, queued: QueuedJob) -> None:
        """Run a job as soon as a slot is free. Raises RetryRequested if the job must be tried again."""
        self.driver.stay_awake()
        try:
            async with self.slots, asyncio.timeout(None) as limit:
                if self.stopping.is_set():
                    raise RetryRequested(reason="the worker stops")
                self.running.add(limit)
                try:
                    await self._claim_and_run(queued)
                finally:
                    self.running.remove(limit)
        except (TimeoutError, asyncio.CancelledError):
            # The exception is replaced: the library removes a job whose task is cancelled.
            raise RetryRequested(reason="the worker stopped") from None

    async def end(self) -> None:
        """Wait for `stopping`, take no more jobs, and interrupt the running jobs after `GRACE_SECONDS`."""
        await self.stopping.wait()
        self.manager.shutdown.set()
        await asyncio.sleep(GRACE_SECONDS)
        for limit in self.running:
            limit.reschedule(0)

    async def _claim_and_run(self, queued: QueuedJob) -> None:
        claim = await self.driver.fetch(CLAIM, queued.id, self.manager.queue_manager_id)
        if not claim or not claim[0]["mine"]:
            raise RetryRequested(SHORTEST_PAUSE, "another worker has it")
        try:
            await self._read_and_run(queued)
        finally:
            await self.driver.fetch(RELEASE, queued.id)

    async def _read_and_run(self, queued: QueuedJob) -> None:
        try:
            job = read_job(self.kind, queued)
        except MalformedPayload as error:
            # The job is removed at once: its payload would not fit at the next attempt either.
            await self.manager.queries.log_jobs([(queued, "exception", None)])
            self.malformed()
            log.error("job_malformed", kind=self.kind.name, row=queued.id, reason=str(error))  # noqa: TRY400 - no defect
            return
        await self._run(job)

    async def _run(self, job: Job[Payload]) -> None:
        delay = pause(job.attempt)
        try:
            await self.handler(job)
        except RetryLater as reason:
            raise RetryRequested(delay, str(reason)) from None
        except Exception as error:
            if expired(job.queued):
                raise
            if isinstance(error, DatabaseError) and error.lost:
                log.warning("job_put_off", kind=job.kind, attempt=job.attempt, reason=type(error).__name__)
            else:
                log.exception("job_failed", kind=job.kind, attempt=job.attempt)
            raise RetryRequested(delay, type(error).__name__) from None
