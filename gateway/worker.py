"""The worker: sends queued mails, inside each process of `usher run` and as `usher worker`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from db import jobs
from db.work import QueueAway, work
from gateway import banner, metrics
from gateway.addresses import MailServer, sender
from gateway.mail import Desk
from gateway.mails import Post
from gateway.serving import STOPPING
from gateway.settings import Settings
from gateway.smtp import Folder, Smtp, Transport

AGAIN_SECONDS = 2.0
COUNT_SECONDS = 15.0
FORGET_EVERY = 240  # counts: once an hour

log = structlog.get_logger()


async def run(engine: AsyncEngine, settings: Settings, stopping: asyncio.Event) -> None:
    """Send mails until `stopping` is set, whatever happens to the database or the mail server meanwhile."""
    transport = _transport(settings)
    shown = banner.mail if settings.smtp_url is None else None
    post = Post(Desk(engine, settings.links), sender(settings.mail_from), transport, shown)
    counting = asyncio.create_task(_count(engine))
    log.info("worker_started", mail="smtp" if settings.smtp_url else "folder")
    try:
        while not stopping.is_set():
            try:
                await work(engine, post.handlers, stopping)
                continue
            except QueueAway as away:
                log.warning("worker_away", reason=str(away))
            except Exception:  # the last resort: mails wait for this loop, and nobody sees that it has ended
                log.exception("worker_broken")
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), AGAIN_SECONDS)
    finally:
        counting.cancel()
        await transport.close()
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


def _transport(settings: Settings) -> Transport:
    if settings.smtp_url is None:
        return Folder(settings.data / "mail")
    return Smtp(MailServer.parse(settings.smtp_url))


async def _count(engine: AsyncEngine) -> None:
    """Keep the number of waiting jobs, and forget old ones."""
    counts = 0
    while True:
        with suppress(DBAPIError, OSError):
            metrics.JOBS.set(await jobs.waiting(engine))
            if counts % FORGET_EVERY == 0:
                await jobs.forget(engine)
        counts += 1
        await asyncio.sleep(COUNT_SECONDS)
