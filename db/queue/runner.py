"""Running the jobs of one kind, in a lane of their own in each worker, until told to stop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Generic, TypeVar, cast

import asyncpg
import structlog
from pgqueuer.db import AsyncpgDriver
from pgqueuer.domain.errors import PgqException
from pgqueuer.domain.types import Channel
from pgqueuer.errors import RetryRequested
from pgqueuer.models import Job as QueuedJob
from pgqueuer.qm import QueueManager
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from db.queue.jobs import SETTINGS, Job, MalformedPayload, PutOff, attempt, expired, queries
from domain.jobs import JobKind

# A worker that shows no sign of life for so long is taken for dead, and others take its jobs.
SILENCE = timedelta(seconds=10)
# A worker looks at the queue this often even if nobody calls.
LOOK = timedelta(seconds=10)
SHORTEST, LONGEST = timedelta(seconds=10), timedelta(minutes=15)
# How long the jobs under way may still take when the worker is to stop.
GRACE_SECONDS = 10.0

# A worker that slept, and was taken for dead, may wake and go on while another has its job. The lock lasts as long as
# the connection, so that of a dead worker is free at once.
CLAIM = """
select pg_try_advisory_lock(hashtextextended('usher job', id)) as mine
from jobs.pgqueuer where id = $1 and queue_manager_id = $2
"""
RELEASE = "select pg_advisory_unlock(hashtextextended('usher job', $1))"

Payload = TypeVar("Payload")
Handler = Callable[[Job[Payload]], Awaitable[None]]

log = structlog.get_logger()


class QueueAway(Exception):
    """The database went away while the queue was worked on."""


def pause(attempts: int) -> timedelta:
    """How long to wait after an attempt: 10 s after the first (0), then twice as long each time, up to 15 minutes."""
    return min(SHORTEST * (1 << min(attempts, 10)), LONGEST)


async def work(
    engine: AsyncEngine,
    kind: JobKind[Payload],
    handler: Handler[Payload],
    malformed: Callable[[], None],
    stopping: asyncio.Event,
) -> None:
    """Run the jobs of this kind until `stopping` is set, on a connection of their own.

    A handler that returns is done with its job; `PutOff` or any other exception brings the job back after a pause.
    A handler may `finish` its job in a transaction of its own. A job whose payload does not fit its kind is ended,
    and `malformed` is called. When it is to stop, the jobs under way have `GRACE_SECONDS` to end, then they are given
    back. Raises QueueAway.
    """
    try:
        async with _connection(engine) as connection:
            manager = QueueManager(queries(AsyncpgDriver(connection)), Channel(SETTINGS.channel))
            lane = _Lane(manager, kind, handler, malformed, stopping)
            # Held, so that whatever the library takes for a failure is lost to nobody.
            manager.entrypoint(kind.name, accepts_context=False, on_failure="hold")(lane.take)
            end = asyncio.create_task(lane.end())
            try:
                await manager.run(
                    batch_size=1,
                    # One more in hand than under way, the fewest it takes. Its own limit for a kind counts the jobs of
                    # all workers together, so that one worker that hangs would stop the kind in the others.
                    max_concurrent_tasks=kind.limit + 1,
                    dequeue_timeout=LOOK,
                    heartbeat_timeout=SILENCE,
                    log_aggregation_interval=timedelta(0),
                    shutdown_on_listener_failure=True,
                )
            finally:
                end.cancel()
    except (asyncpg.PostgresError, asyncpg.InterfaceError, SQLAlchemyError, OSError, PgqException) as error:
        raise QueueAway(type(error).__name__) from error


@asynccontextmanager
async def _connection(engine: AsyncEngine) -> AsyncIterator[asyncpg.Connection]:
    """A connection beside the pool: it listens for new jobs for as long as the worker lives."""
    pooled = await engine.raw_connection()
    connection = cast("asyncpg.Connection", pooled.driver_connection)
    pooled.detach()
    try:
        yield connection
    finally:
        connection.terminate()


@dataclass
class _Lane(Generic[Payload]):
    """Runs no more jobs of a kind at a time than its limit: a worker that dies leaves no more of them in doubt."""

    manager: QueueManager
    kind: JobKind[Payload]
    handler: Handler[Payload]
    malformed: Callable[[], None]
    stopping: asyncio.Event
    under_way: set[asyncio.Timeout] = field(default_factory=set)
    places: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self.places = asyncio.Semaphore(self.kind.limit)

    async def take(self, queued: QueuedJob) -> None:
        """Run a job once there is a place for it. Raises RetryRequested when it is to come again."""
        try:
            async with self.places, asyncio.timeout(None) as limit:
                if self.stopping.is_set():
                    raise RetryRequested(reason="the worker stops")
                self.under_way.add(limit)
                try:
                    await self._claimed(queued)
                finally:
                    self.under_way.remove(limit)
        except (TimeoutError, asyncio.CancelledError):
            # Not passed on: the library takes a job that is cut short for one that nobody wants any more.
            raise RetryRequested(reason="the worker stopped") from None

    async def end(self) -> None:
        """Stop taking jobs once that is asked for, and after a while those under way."""
        await self.stopping.wait()
        self.manager.shutdown.set()
        await asyncio.sleep(GRACE_SECONDS)
        for limit in self.under_way:
            limit.reschedule(0)

    async def _claimed(self, queued: QueuedJob) -> None:
        driver = self.manager.queries.driver
        claim = await driver.fetch(CLAIM, queued.id, self.manager.queue_manager_id)
        if not claim or not claim[0]["mine"]:
            raise RetryRequested(SHORTEST, "another worker has it")
        try:
            await self._tried(queued)
        finally:
            await driver.fetch(RELEASE, queued.id)

    async def _tried(self, queued: QueuedJob) -> None:
        try:
            job = attempt(self.kind, queued)
        except MalformedPayload as error:
            # Ended at once: it would not fit at the next attempt either.
            await self.manager.queries.log_jobs([(queued, "exception", None)])
            self.malformed()
            log.error("job_malformed", kind=self.kind.name, row=queued.id, reason=str(error))  # noqa: TRY400 - no defect
            return
        await self._handled(job)

    async def _handled(self, job: Job[Payload]) -> None:
        again = pause(job.attempt)
        try:
            await self.handler(job)
        except PutOff as reason:
            raise RetryRequested(again, str(reason)) from None
        except Exception as error:
            if expired(job.queued):
                raise
            log.exception("job_failed", kind=job.kind, attempt=job.attempt)
            raise RetryRequested(again, type(error).__name__) from None
