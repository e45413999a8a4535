"""The worker, which sends queued mails and does the jobs of the clock.

It runs in each process of `usher run`, and as `usher worker`.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog

from db.core.connection import DatabaseError
from db.core.database import Database, PoolTimeout
from db.queue import jobs
from db.queue.runner import Handler, QueueUnavailable, work
from domain.jobs import JobKind, Payload
from domain.subjects import System
from gateway.mail import sender
from gateway.mail.message import MailContext
from gateway.mail.sender import MailSender
from gateway.mail.smtp import Folder, Smtp, Transport
from gateway.mail.terminal import Terminal
from gateway.runtime import metrics, subjects
from gateway.runtime.addresses import MailServer, sender_address
from gateway.runtime.settings import Settings
from gateway.runtime.stopping import STOP_SIGNALS
from policies.engine.live import LivePolicy
from resolvers.access.token_notices import queue_notices
from resolvers.audit.retention import sweep
from resolvers.contracts.announcements import announce
from resolvers.contracts.calendar import run_calendar
from resolvers.core.system import Workspace
from resolvers.notices.digests import queue_digests

RETRY_SECONDS = 2.0
# How often the policy file is checked for a change. A check reads a few kilobytes.
RELOAD_SECONDS = 2.0
COUNT_EVERY_SECONDS = 15.0
CLOCK_SECONDS = 3600.0

ClockJob = Callable[[Workspace, System], Awaitable[object]]
# The jobs that no change queues: they run by the clock.
BY_THE_CLOCK: dict[str, ClockJob] = {
    "calendar": run_calendar,
    "announcements": announce,
    "notices": queue_notices,
    "digests": queue_digests,
    "sweep": sweep,
}

log = structlog.get_logger()


async def run(workspace: Workspace, settings: Settings, stopping: asyncio.Event) -> None:
    """Send mails until `stopping` is set. Go on after failures of the database or the mail server."""
    database = workspace.database
    context, from_ = MailContext(workspace, settings.links), sender_address(settings.mail_from)
    terminal = Terminal()
    show = terminal.show if settings.smtp_url is None else None
    senders = [MailSender(kind, context, from_, _transport(settings), show) for kind in sender.MAIL_TYPES]
    watching = [
        asyncio.create_task(_count(database)),
        *(asyncio.create_task(_by_the_clock(name, job, workspace)) for name, job in BY_THE_CLOCK.items()),
    ]
    log.info("worker_started", mail="smtp" if settings.smtp_url else "folder")
    try:
        async with asyncio.TaskGroup() as lanes:
            for mail_sender in senders:
                lanes.create_task(_send(database, mail_sender, stopping))
    finally:
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
        terminal.flush()
        log.info("worker_stopped")


@asynccontextmanager
async def in_background(workspace: Workspace, settings: Settings) -> AsyncIterator[None]:
    """Run a worker during the block. At its end, wait until the worker has stopped."""
    stopping = asyncio.Event()
    running = asyncio.create_task(run(workspace, settings, stopping))
    try:
        yield
    finally:
        stopping.set()
        await running


async def until_signalled(database: Database, live: LivePolicy, settings: Settings) -> None:
    """Send mails until SIGTERM or Ctrl-C. Both stop the worker in order."""
    stopping = asyncio.Event()
    for number in STOP_SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    watch = asyncio.create_task(live.watch(RELOAD_SECONDS))
    try:
        await run(Workspace(database, live.current), settings, stopping)
    finally:
        watch.cancel()


async def _send(database: Database, mail_sender: MailSender[Any], stopping: asyncio.Event) -> None:
    """Send the mails of one type."""
    try:
        await _lane(database, mail_sender.mail_type.job, mail_sender.deliver, stopping)
    finally:
        await mail_sender.transport.close()


async def _lane(database: Database, kind: JobKind[Payload], handler: Handler[Payload], stopping: asyncio.Event) -> None:
    """Run the jobs of one kind. A lane does not depend on other lanes, even when it has to connect again."""
    malformed = metrics.MALFORMED.labels(kind.name).inc
    while not stopping.is_set():
        try:
            await work(database, kind, handler, malformed, stopping)
            continue
        except QueueUnavailable as error:
            log.warning("worker_away", kind=kind.name, reason=str(error))
        except Exception:  # the last resort: if this loop ended, its jobs would wait and nobody would notice
            log.exception("worker_broken", kind=kind.name)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), RETRY_SECONDS)


async def _by_the_clock(name: str, job: ClockJob, workspace: Workspace) -> None:
    """Do a job at once, and then at the beginning of each hour (UTC), so that a new day is noticed at once.

    All workers do it; a job by the clock is safe to run twice.
    """
    while True:
        try:
            done = await job(workspace, subjects.job(name))
            log.info("job_done", kind=name, done=done)
        except (DatabaseError, PoolTimeout, OSError) as error:
            log.warning("job_put_off", kind=name, reason=type(error).__name__)
        except Exception:  # the last resort: if this loop ended, the job would not run again and nobody would notice
            log.exception("job_failed", kind=name)
        await asyncio.sleep(CLOCK_SECONDS - time.time() % CLOCK_SECONDS)


def _transport(settings: Settings) -> Transport:
    if settings.smtp_url is None:
        return Folder(settings.data / "mail")
    return Smtp(MailServer.parse(settings.smtp_url))


async def _count(database: Database) -> None:
    """Publish the number of waiting jobs of each kind every few seconds."""
    names = {kind.job.name for kind in sender.MAIL_TYPES}
    while True:
        with suppress(DatabaseError, OSError):
            waiting = await jobs.waiting(database)
            names |= waiting.keys()  # includes kinds without a lane here, for example those of another version
            for name in names:
                metrics.JOBS.labels(name).set(waiting.get(name, 0))
        await asyncio.sleep(COUNT_EVERY_SECONDS)
