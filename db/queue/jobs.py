"""Jobs: work that is to be done after a change has come true, queued in the transaction of the change.

The queue is pgqueuer's. It lives in a schema of its own, made by migration 0003.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Generic, Literal, NamedTuple, TypeVar, cast

import orjson
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.domain.settings import DBSettings
from pgqueuer.domain.types import Channel
from pgqueuer.models import Job as QueuedJob
from pgqueuer.ports.driver import Driver
from pgqueuer.queries import Queries
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.core import ids
from db.core.engine import snapshot
from db.core.statements import RowStatement
from domain.jobs import JobKind

# Every name is given: what is not, pgqueuer looks up in the environment, some of it under names such as CHANNEL.
SETTINGS = DBSettings(
    prefix="",
    db_schema="jobs",
    channel=Channel("usher_jobs"),
    function="fn_pgqueuer_changed",
    statistics_table="pgqueuer_statistics",
    queue_status_type="pgqueuer_status",
    queue_table="pgqueuer",
    queue_table_log="pgqueuer_log",
    trigger="tg_pgqueuer_changed",
    schedules_table="pgqueuer_schedules",
)
# A mail server that is away for long comes back; those who send mail for a living wait as long (RFC 5321, 4.5.4.1).
PATIENCE = timedelta(days=5)
KEPT = timedelta(days=30)


class WaitingJobs(NamedTuple):
    """How many jobs of a kind are queued or under way."""

    kind: str
    number: int


WAITING = RowStatement(
    WaitingJobs,
    text("""
select entrypoint as kind, count(*) as number from jobs.pgqueuer
where status in ('queued', 'picked') group by entrypoint
"""),
)
FORGET = (
    text("delete from jobs.pgqueuer_log where created < now() - cast(:kept as interval)"),
    text("delete from jobs.pgqueuer where status = 'failed' and updated < now() - cast(:kept as interval)"),
)

Outcome = Literal["successful", "exception", "canceled"]
Payload = TypeVar("Payload")


class PutOff(Exception):
    """A job cannot be done now; it comes again after a pause. The text says why."""


class MalformedPayload(Exception):
    """What is queued, or is to be queued, does not fit its kind of job. The text says why, and has no value in it."""


@dataclass(frozen=True)
class Job(Generic[Payload]):
    """One attempt at a job.

    `id` and `payload` are the same at every attempt; `attempt` counts from 0. `last` means that putting it off is no
    longer possible: it has been tried for `PATIENCE`.
    """

    id: str
    kind: str
    payload: Payload
    attempt: int
    last: bool
    queued: QueuedJob


@dataclass(frozen=True)
class InTransaction:
    """As much of a driver for pgqueuer as its statements take, on a connection of ours and in its transaction.

    Not its own driver for asyncpg on the connection below: where SQLAlchemy begins the transaction, it does so with the
    first statement it sees, and one that it does not see would be committed by itself.
    """

    connection: AsyncConnection

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        """The rows of a statement."""
        result = await self.connection.exec_driver_sql(query, args)
        return [dict(row) for row in result.mappings()]

    async def execute(self, query: str, *args: object) -> str:
        """Run a statement."""
        await self.connection.exec_driver_sql(query, args)
        return ""


def queries(driver: Driver) -> Queries:
    """pgqueuer's statements, on the tables of the schema `jobs`."""
    return Queries(
        driver, QueryBuilderEnvironment(SETTINGS), QueryQueueBuilder(SETTINGS), QuerySchedulerBuilder(SETTINGS)
    )


async def enqueue(connection: AsyncConnection, kind: JobKind[Payload], payloads: Iterable[Payload]) -> list[str]:
    """Queue a job for each payload, in the transaction of this connection; the ids of the jobs, in order.

    One statement, however many there are. Raises MalformedPayload if a payload is not a record of this kind.
    """
    bodies: list[bytes | None] = [_body(kind, payload) for payload in payloads]
    fresh = [ids.new("job") for _ in bodies]
    if bodies:
        headers: list[dict[str, str] | None] = [{"id": id_} for id_ in fresh]
        names, priorities = [kind.name] * len(bodies), [0] * len(bodies)
        await _within(connection).enqueue(names, bodies, priorities, headers=headers)
    return fresh


def expired(queued: QueuedJob) -> bool:
    """Whether a job has been tried for long enough."""
    return datetime.now(UTC) - queued.created > PATIENCE


def attempt(kind: JobKind[Payload], queued: QueuedJob) -> Job[Payload]:
    """What is tried now. Raises MalformedPayload for a job that `enqueue` would not have made."""
    if queued.headers is None or "id" not in queued.headers:
        raise MalformedPayload("the header id is missing")
    return Job(
        id=str(queued.headers["id"]),
        kind=kind.name,
        payload=_record(kind, queued.payload or b""),
        attempt=queued.attempts,
        last=expired(queued),
        queued=queued,
    )


async def finish(connection: AsyncConnection, job: Job[Any], outcome: Outcome) -> None:
    """Take a job out of the queue, in the transaction of this connection: it is never tried again."""
    await _within(connection).log_jobs([(job.queued, outcome, None)])


async def waiting(engine: AsyncEngine) -> dict[str, int]:
    """How many jobs are not done yet, by the name of their kind; a kind without any is left out."""
    async with snapshot(engine) as connection:
        return {row.kind: row.number for row in await WAITING.rows(connection)}


async def forget(engine: AsyncEngine, kept: timedelta = KEPT) -> None:
    """Delete what the queue remembers of jobs that ended longer ago than `kept`."""
    async with engine.begin() as connection:
        for statement in FORGET:
            await connection.execute(statement, {"kept": kept})


def _within(connection: AsyncConnection) -> Queries:
    return queries(cast("Driver", InTransaction(connection)))


def _body(kind: JobKind[Payload], payload: Payload) -> bytes:
    """A payload as it is queued. It is read once here, so that nothing is queued that a worker cannot read."""
    if type(payload) is not kind.payload:
        raise MalformedPayload(f"a job of the kind {kind.name} takes {kind.payload.__name__}")
    body = orjson.dumps(payload)
    _record(kind, body)
    return body


def _record(kind: JobKind[Payload], body: bytes) -> Payload:
    """A payload as it was queued. Fields that are not known are skipped: a later version may have queued them."""
    try:
        return cast("Payload", _reader(kind).validate_json(body, strict=True))
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_context=False, include_input=False)
        raise MalformedPayload("; ".join(f"{'.'.join(map(str, one['loc']))} {one['type']}" for one in wrong)) from None


@cache
def _reader(kind: JobKind[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind.payload)
