"""Running jobs: one after the other in each worker, any number of workers, until told to stop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

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

from db.jobs import SETTINGS, Job, PutOff, attempt, expired, queries

# A worker that shows no sign of life for so long is taken for dead, and others take its jobs.
SILENCE = timedelta(seconds=10)
# A worker looks at the queue this often even if nobody calls.
LOOK = timedelta(seconds=10)
SHORTEST, LONGEST = timedelta(seconds=10), timedelta(minutes=15)
# How long the job under way may still take when the worker is to stop.
GRACE_SECONDS = 10.0

# A worker that slept, and was taken for dead, may wake and go on while another has its job. The lock lasts as long as
# the connection, so that of a dead worker is free at once.
CLAIM = """
select pg_try_advisory_lock(hashtextextended('usher job', id)) as mine
from jobs.pgqueuer where id = $1 and queue_manager_id = $2
"""
RELEASE = "select pg_advisory_unlock(hashtextextended('usher job', $1))"

Handler = Callable[[Job], Awaitable[None]]

log = structlog.get_logger()


class QueueAway(Exception):
    """The database went away while the queue was worked on."""


def pause(attempts: int) -> timedelta:
    """How long to wait after an attempt: 10 s after the first (0), then twice as long each time, up to 15 minutes."""
    return min(SHORTEST * (1 << min(attempts, 10)), LONGEST)


async def work(engine: AsyncEngine, handlers: Mapping[str, Handler], stopping: asyncio.Event) -> None:
    """Run the jobs of these kinds until `stopping` is set.

    A handler that returns is done with its job; `PutOff` or any other exception brings the job back after a pause.
    A handler may `finish` its job in a transaction of its own. When it is to stop, the job under way has
    `GRACE_SECONDS` to end, then it is given back. Raises QueueAway.
    """
    try:
        async with _connection(engine) as connection:
            manager = QueueManager(queries(AsyncpgDriver(connection)), Channel(SETTINGS.channel))
            turns = _Turns(manager, handlers, stopping)
            for kind in handlers:
                # Held, so that whatever the library takes for a failure is lost to nobody.
                manager.entrypoint(kind, accepts_context=False, on_failure="hold")(turns.take)
            end = asyncio.create_task(turns.end())
            try:
                await manager.run(
                    batch_size=1,
                    max_concurrent_tasks=2,  # one under way and one in hand, the fewest it takes
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
class _Turns:
    """Lets one job run at a time, so that a worker that dies leaves no more than one in doubt."""

    manager: QueueManager
    handlers: Mapping[str, Handler]
    stopping: asyncio.Event
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    limit: asyncio.Timeout | None = None

    async def take(self, queued: QueuedJob) -> None:
        """Run a job in its turn. Raises RetryRequested when it is to come again."""
        try:
            async with self.turn, asyncio.timeout(None) as self.limit:
                if self.stopping.is_set():
                    raise RetryRequested(reason="the worker stops")
                await self._claimed(queued)
        except (TimeoutError, asyncio.CancelledError):
            # Not passed on: the library takes a job that is cut short for one that nobody wants any more.
            raise RetryRequested(reason="the worker stopped") from None

    async def end(self) -> None:
        """Stop taking jobs once that is asked for, and after a while the one under way."""
        await self.stopping.wait()
        self.manager.shutdown.set()
        await asyncio.sleep(GRACE_SECONDS)
        if self.turn.locked() and self.limit is not None:
            self.limit.reschedule(0)

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
        again = pause(queued.attempts)
        try:
            await self.handlers[queued.entrypoint](attempt(queued))
        except PutOff as reason:
            raise RetryRequested(again, str(reason)) from None
        except Exception as error:
            if expired(queued):
                raise
            log.exception("job_failed", kind=queued.entrypoint, attempt=queued.attempts)
            raise RetryRequested(again, type(error).__name__) from None
