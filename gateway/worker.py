"""The worker, which sends queued mails. It runs in each process of `usher run`, and as `usher worker`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog

from db.core.connection import DatabaseError
from db.core.database import Database
from db.queue import jobs
from db.queue.runner import Handler, QueueUnavailable, work
from domain.jobs import JobKind, Payload
from gateway.mail import sender, terminal
from gateway.mail.message import MailContext
from gateway.mail.sender import MailSender
from gateway.mail.smtp import Folder, Smtp, Transport
from gateway.runtime import metrics
from gateway.runtime.addresses import MailServer, sender_address
from gateway.runtime.settings import Settings
from gateway.serving import STOP_SIGNALS
from policies.engine.live import LivePolicy
from resolvers.core.system import Workspace

RETRY_SECONDS = 2.0
# How often the policy file is checked for a change. A check reads a few kilobytes.
RELOAD_SECONDS = 2.0
COUNT_EVERY_SECONDS = 15.0
DELETE_OLD_EVERY = 240  # counts, which is once an hour

log = structlog.get_logger()


async def run(workspace: Workspace, settings: Settings, stopping: asyncio.Event) -> None:
    """Send mails until `stopping` is set. Go on after failures of the database or the mail server."""
    database = workspace.database
    context, from_ = MailContext(workspace, settings.links), sender_address(settings.mail_from)
    show = terminal.show if settings.smtp_url is None else None
    senders = [MailSender(kind, context, from_, _transport(settings), show) for kind in sender.MAIL_TYPES]
    counting = asyncio.create_task(_count(database))
    log.info("worker_started", mail="smtp" if settings.smtp_url else "folder")
    try:
        async with asyncio.TaskGroup() as lanes:
            for mail_sender in senders:
                lanes.create_task(_send(database, mail_sender, stopping))
    finally:
        counting.cancel()
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


def _transport(settings: Settings) -> Transport:
    if settings.smtp_url is None:
        return Folder(settings.data / "mail")
    return Smtp(MailServer.parse(settings.smtp_url))


async def _count(database: Database) -> None:
    """Publish the number of waiting jobs of each kind every few seconds, and delete old records once an hour."""
    counts = 0
    names = {kind.job.name for kind in sender.MAIL_TYPES}
    while True:
        with suppress(DatabaseError, OSError):
            waiting = await jobs.waiting(database)
            names |= waiting.keys()  # includes kinds without a lane here, for example those of another version
            for name in names:
                metrics.JOBS.labels(name).set(waiting.get(name, 0))
            if counts % DELETE_OLD_EVERY == 0:
                await jobs.delete_old_records(database)
        counts += 1
        await asyncio.sleep(COUNT_EVERY_SECONDS)
