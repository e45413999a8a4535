"""Mails queued for a worker, and what has become of them."""

import asyncio
from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.core.engine import commit, transaction
from db.queue import jobs
from domain.jobs import JobKind
from domain.mails import TRIAL, TrialMail
from gateway.runtime import metrics
from gateway.runtime.settings import Settings
from tests.support.mail_server import Post

EVENTS = "select team_id, payload from events where kind = 'mail:refused'"
ENDS = "select status::text from jobs.pgqueuer_log where status not in ('queued', 'picked') order by id"


def settings(post: Post) -> Settings:
    return Settings(smtp_url=post.url)


async def queue(engine: AsyncEngine, *to: str, kind: JobKind[TrialMail] = TRIAL) -> None:
    async with transaction(engine) as connection:
        await jobs.enqueue(connection, kind, [TrialMail(address) for address in to])
        await commit(connection)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - it happens in the server's thread
            await asyncio.sleep(0.01)


async def done(engine: AsyncEngine) -> None:
    """Wait until nothing is left to do."""
    async with asyncio.timeout(30):
        while await jobs.waiting(engine):  # noqa: ASYNC110 - it happens in the database
            await asyncio.sleep(0.02)


async def found(engine: AsyncEngine, query: str) -> list[tuple[object, ...]]:
    async with engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(query))]


def count(outcome: str) -> float:
    return float(metrics.MAILS.labels(outcome)._value.get())
