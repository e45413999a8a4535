"""Jobs: work that a worker does after a change is committed. They are queued in the transaction of the change.

The queue is pgqueuer's. Its tables are in a schema of their own, which migration 0003 creates.
"""

from collections.abc import Iterable, Sequence
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

from db.core import ids
from db.core.connection import Connection
from db.core.database import Database
from db.core.descriptions import Sql
from db.core.statements import Statement
from domain.jobs import JobKind

# Every name is set here. pgqueuer reads a name that is not set from the environment, from variables such as CHANNEL.
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
# How long a failing job is tried again. A mail server may be down for days; RFC 5321 (4.5.4.1) asks for 4 to 5 days.
RETRY_PERIOD = timedelta(days=5)


class JobCount(NamedTuple):
    """The number of jobs of one kind that are queued or running."""

    kind: str
    number: int


COUNT_JOBS = Statement(
    "count_jobs",
    JobCount,
    text("""
select entrypoint as kind, count(*) as number from jobs.pgqueuer
where status in ('queued', 'picked') group by entrypoint
"""),
)
Outcome = Literal["successful", "exception", "canceled"]
Payload = TypeVar("Payload")


class RetryLater(Exception):
    """A job cannot be done now and is tried again after a pause. The text says why."""


class MalformedPayload(Exception):
    """A payload does not fit its kind of job. The text says why, and does not contain any value of the payload."""


@dataclass(frozen=True)
class Job(Generic[Payload]):
    """One attempt at a job.

    `id` and `payload` are the same at every attempt. `attempt` counts from 0. `last` means that the job is not tried
    again, because `RETRY_PERIOD` is over.
    """

    id: str
    kind: str
    payload: Payload
    attempt: int
    last: bool
    queued: QueuedJob


@dataclass(frozen=True)
class TransactionDriver:
    """The part of a pgqueuer driver that its statements need. It runs them in the transaction of our connection."""

    connection: Connection

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        """Run a statement and return its rows."""
        return list(map(dict, await self.connection.fetch(Sql("pgqueuer", query, None), *args)))

    async def execute(self, query: str, *args: object) -> str:
        """Run a statement. Returns an empty text instead of its status."""
        await self.connection.fetch(Sql("pgqueuer", query, None), *args)
        return ""


def queries(driver: Driver) -> Queries:
    """Return pgqueuer's statements for the tables of the schema `jobs`."""
    return Queries(
        driver, QueryBuilderEnvironment(SETTINGS), QueryQueueBuilder(SETTINGS), QuerySchedulerBuilder(SETTINGS)
    )


async def enqueue(
    connection: Connection,
    kind: JobKind[Payload],
    payloads: Iterable[Payload],
    delays: Sequence[timedelta] | None = None,
) -> list[str]:
    """Queue a job for each payload in the transaction of this connection, and return the ids of the jobs in order.

    With `delays`, each job waits so long before its first attempt. One statement queues all of them. Raises
    MalformedPayload if a payload is not of the type of this kind.
    """
    bodies: list[bytes | None] = [_encode(kind, payload) for payload in payloads]
    job_ids = [ids.new("job") for _ in bodies]
    if bodies:
        headers: list[dict[str, str] | None] = [{"id": id_} for id_ in job_ids]
        names, priorities = [kind.name] * len(bodies), [0] * len(bodies)
        await _queries_in_transaction(connection).enqueue(
            names, bodies, priorities, execute_after=None if delays is None else list(delays), headers=headers
        )
    return job_ids


def expired(queued: QueuedJob) -> bool:
    """Return whether the job was queued more than `RETRY_PERIOD` ago."""
    return datetime.now(UTC) - queued.created > RETRY_PERIOD


def read_job(kind: JobKind[Payload], queued: QueuedJob) -> Job[Payload]:
    """Return the current attempt at a queued job. Raises MalformedPayload if `enqueue` cannot have queued it."""
    if queued.headers is None or "id" not in queued.headers:
        raise MalformedPayload("the header id is missing")
    return Job(
        id=str(queued.headers["id"]),
        kind=kind.name,
        payload=_decode(kind, queued.payload or b""),
        attempt=queued.attempts,
        last=expired(queued),
        queued=queued,
    )


async def finish(connection: Connection, job: Job[Any], outcome: Outcome) -> None:
    """Remove a job from the queue in the transaction of this connection, so that it is never tried again."""
    await _queries_in_transaction(connection).log_jobs([(job.queued, outcome, None)])


async def waiting(database: Database) -> dict[str, int]:
    """Return the number of jobs that are not done, by the name of their kind. A kind without such a job is left out."""
    async with database.snapshot() as connection:
        return {row.kind: row.number for row in await COUNT_JOBS.rows(connection)}


def _queries_in_transaction(connection: Connection) -> Queries:
    return queries(cast("Driver", TransactionDriver(connection)))


def _encode(kind: JobKind[Payload], payload: Payload) -> bytes:
    """Return the JSON of a payload. It is decoded once here, so that no job is queued that a worker cannot read."""
    if type(payload) is not kind.payload:
        raise MalformedPayload(f"a job of the kind {kind.name} takes {kind.payload.__name__}")
    body = orjson.dumps(payload)
    _decode(kind, body)
    return body


def _decode(kind: JobKind[Payload], body: bytes) -> Payload:
    """Return the payload in this JSON. Unknown fields are skipped, because a later version may have added them."""
    try:
        return cast("Payload", _type_adapter(kind).validate_json(body, strict=True))
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        reasons = [f"{'.'.join(map(str, problem['loc']))} {problem['type']}" for problem in problems]
        raise MalformedPayload("; ".join(reasons)) from None


@cache
def _type_adapter(kind: JobKind[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind.payload)
