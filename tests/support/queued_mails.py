"""Queues trial mails for a worker, and reads what happened to them."""

import asyncio
from collections.abc import Callable

import orjson
from sqlalchemy import text

from db.core.database import Database
from db.queue import jobs
from domain.jobs import JobKind, Payload
from domain.mails import TRIAL, TrialMail
from gateway.runtime import metrics
from gateway.runtime.settings import Settings
from tests.support.mail_server import MailCatcher
from tests.support.world import World

REFUSED_EVENTS = """
select team_id, payload ->> 'mail', payload ->> 'reason' from events
where kind = 'mails:send' and payload ->> 'outcome' = 'refused'
"""
FINAL_STATUSES = "select status::text from jobs.pgqueuer_log where status not in ('queued', 'picked') order by id"


def settings(mail_catcher: MailCatcher) -> Settings:
    """Settings with which mails go to this server."""
    return Settings(smtp_url=mail_catcher.url)


async def queue_mails(database: Database, *to: str, kind: JobKind[TrialMail] = TRIAL) -> None:
    """Queue a trial mail to each address."""
    for address in to:
        await queue_job(database, kind, TrialMail(address))


async def queue_job(database: Database, kind: JobKind[Payload], payload: Payload) -> None:
    """Queue a job."""
    async with database.transaction() as connection:
        await jobs.enqueue(connection, kind, [payload])
        await connection.commit()


async def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until the condition is true, at most 30 seconds."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - the change happens in the server's thread
            await asyncio.sleep(0.01)


async def wait_until_done(database: Database) -> None:
    """Wait until no job is waiting, at most 30 seconds."""
    async with asyncio.timeout(30):
        while await jobs.waiting(database):  # noqa: ASYNC110 - the change happens in the database
            await asyncio.sleep(0.02)


def mail_count(outcome: str) -> float:
    """The value of the metric that counts mails with this outcome."""
    return float(metrics.MAILS.labels(outcome)._value.get())


async def queued(world: World, about: str) -> list[dict[str, str]]:
    """The payloads of the queued jobs that name this id, in order."""
    shown = "convert_from(payload, 'UTF8')"
    query = text(f"select {shown} from jobs.pgqueuer where strpos({shown}, :id) > 0 order by id")
    async with world.engine.connect() as connection:
        return [orjson.loads(payload) for payload in (await connection.execute(query, {"id": about})).scalars()]
