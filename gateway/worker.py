"""The worker: sends queued mails, inside each process of `usher run` and as `usher worker`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from db.queue import jobs
from db.queue.runner import Handler, QueueAway, work
from domain.jobs import JobKind, Payload
from gateway.mail import sender as mails
from gateway.mail import terminal
from gateway.mail.message import Desk
from gateway.mail.sender import Post
from gateway.mail.smtp import Folder, Smtp, Transport
from gateway.runtime import metrics
from gateway.runtime.addresses import MailServer, sender
from gateway.runtime.settings import Settings
from gateway.serving import STOPPING

AGAIN_SECONDS = 2.0
COUNT_SECONDS = 15.0
FORGET_EVERY = 240  # counts: once an hour

log = structlog.get_logger()


async def run(engine: AsyncEngine, settings: Settings, stopping: asyncio.Event) -> None:
    """Send mails until `stopping` is set, whatever happens to the database or the mail server meanwhile."""
    desk, from_ = Desk(engine, settings.links), sender(settings.mail_from)
    shown = terminal.show if settings.smtp_url is None else None
    posts = [Post(kind, desk, from_, _transport(settings), shown) for kind in mails.KINDS]
    counting = asyncio.create_task(_count(engine))
    log.info("worker_started", mail="smtp" if settings.smtp_url else "folder")
    try:
        async with asyncio.TaskGroup() as lanes:
            for post in posts:
                lanes.create_task(_send(engine, post, stopping))
    finally:
        counting.cancel()
        log.info("worker_stopped")


@asynccontextmanager
async def beside(engine: AsyncEngine, settings: Settings) -> AsyncIterator[None]:
    """A worker that runs during the block, and ends in order with it."""
    stopping = asyncio.Event()
    running = asyncio.create_task(run(engine, settings, stopping))
    try:
        yield
    finally:
        stopping.set()
        await running


async def until_signalled(engine: AsyncEngine, settings: Settings) -> None:
    """Send mails until SIGTERM or Ctrl-C, which end it in order."""
    stopping = asyncio.Event()
    for number in STOPPING:
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    await run(engine, settings, stopping)


async def _send(engine: AsyncEngine, post: Post[Any], stopping: asyncio.Event) -> None:
    """Send the mails of one kind."""
    try:
        await _lane(engine, post.kind.job, post.deliver, stopping)
    finally:
        await post.transport.close()


async def _lane(
    engine: AsyncEngine, kind: JobKind[Payload], handler: Handler[Payload], stopping: asyncio.Event
) -> None:
    """Run the jobs of one kind. It depends on no other lane, also where it lost its connection and makes another."""
    malformed = metrics.MALFORMED.labels(kind.name).inc
    while not stopping.is_set():
        try:
            await work(engine, kind, handler, malformed, stopping)
            continue
        except QueueAway as away:
            log.warning("worker_away", kind=kind.name, reason=str(away))
        except Exception:  # the last resort: jobs wait for this loop, and nobody sees that it has ended
            log.exception("worker_broken", kind=kind.name)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), AGAIN_SECONDS)


def _transport(settings: Settings) -> Transport:
    if settings.smtp_url is None:
        return Folder(settings.data / "mail")
    return Smtp(MailServer.parse(settings.smtp_url))


async def _count(engine: AsyncEngine) -> None:
    """Keep the number of waiting jobs of each kind, and forget old ones."""
    counts = 0
    names = {kind.job.name for kind in mails.KINDS}
    while True:
        with suppress(DBAPIError, OSError):
            waiting = await jobs.waiting(engine)
            names |= waiting.keys()  # also kinds without a lane here, such as those of another version
            for name in names:
                metrics.JOBS.labels(name).set(waiting.get(name, 0))
            if counts % FORGET_EVERY == 0:
                await jobs.forget(engine)
        counts += 1
        await asyncio.sleep(COUNT_SECONDS)
