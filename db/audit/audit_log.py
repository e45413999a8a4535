"""The audit log, the events that are written with it, and the stored answers of idempotency keys."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.core.paging import Definition, Rows, listing
from db.core.reach import within
from db.core.rows import columns_of
from db.core.statements import Statement
from db.tables.audit import Answer, AuditEvent, Event
from domain.reach import Reach


class AuditRow(NamedTuple):
    """A new row of the audit log: who changed what.

    `facts` are the facts on which the policy decided, and `policy_hash` identifies that policy.
    """

    team_id: str | None
    actor_kind: str
    actor_id: str | None
    token_id: str | None
    action: str
    target_id: str | None
    before: dict[str, Any]
    after: dict[str, Any]
    facts: list[Any]
    policy_hash: str
    request_id: str


class AuditEventRow(NamedTuple):
    """A row of the audit log as the graph shows it: the fields of `AuditRow`, with its number and its time."""

    id: int
    at: datetime
    team_id: str | None
    actor_kind: str
    actor_id: str | None
    token_id: str | None
    action: str
    target_id: str | None
    before: dict[str, Any]
    after: dict[str, Any]
    facts: list[Any]
    policy_hash: str
    request_id: str


AUDIT_EVENTS = columns_of(AuditEventRow, AuditEvent)


class RecordedDecision(NamedTuple):
    """A row of the audit log, with the fields that are needed to repeat its decision."""

    id: int
    at: datetime
    actor_kind: str
    actor_id: str | None
    token_id: str | None
    action: str
    target_id: str | None
    facts: list[Any]
    policy_hash: str


RECORDED_DECISIONS = columns_of(RecordedDecision, AuditEvent)


@dataclass(frozen=True, slots=True)
class Period:
    """A part of the audit log: from `since`, before `until`, of one team. None means that there is no such bound."""

    since: datetime | None = None
    until: datetime | None = None
    team_id: str | None = None

    @property
    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """The bounds as SQL conditions."""
        if self.since is not None:
            yield AuditEvent.at >= self.since
        if self.until is not None:
            yield AuditEvent.at < self.until
        if self.team_id is not None:
            yield AuditEvent.team_id == self.team_id


RECORD = Statement(
    text("""
with event as (
    insert into events (team_id, kind, payload) values (:team_id, :action, cast(:after as jsonb))
)
insert into audit_events (
    team_id, actor_kind, actor_id, token_id, action, target_id, before, after, facts, policy_hash, request_id
) values (
    :team_id, :actor_kind, :actor_id, :token_id, :action, :target_id, cast(:before as jsonb), cast(:after as jsonb),
    cast(:facts as jsonb), :policy_hash, :request_id
)
""")
)


class Extent(NamedTuple):
    """How many rows a period has, and the id of its last row (0 if it has none)."""

    total: int
    last: int


class StoredAnswer(NamedTuple):
    """The first use of an idempotency key. `payload` is the answer, None if no answer was stored."""

    action: str
    request_hash: bytes
    payload: bytes | None


STORED_ANSWERS = columns_of(StoredAnswer, Answer)
EXTENTS = columns_of(Extent, AuditEvent, total=func.count(), last=func.coalesce(func.max(AuditEvent.id), 0))


async def record(connection: AsyncConnection, row: AuditRow) -> None:
    """Write the audit row and the event of a change, in the transaction of the change."""
    values = row._asdict()
    for name in ("before", "after", "facts"):
        values[name] = orjson.dumps(values[name]).decode()
    await RECORD.run(connection, **values)


async def add_event(connection: AsyncConnection, team_id: str | None, kind: str, payload: dict[str, Any]) -> None:
    """Write an event without an audit row, for something that no actor did."""
    await connection.execute(insert(Event).values(team_id=team_id, kind=kind, payload=payload))


@listing
def listed(reach: Reach) -> Definition[AuditEventRow]:
    """The audit log of a team within `reach`, the newest row first."""

    def rows(team_id: ColumnElement[str]) -> Rows:
        return select().where(AuditEvent.team_id == team_id, within(reach, AuditEvent.team_id))

    return Definition(rows, [AuditEvent.id.expression], AUDIT_EVENTS, descending=True)


async def extent(connection: AsyncConnection, period: Period) -> Extent:
    """How many rows a period has, and the id of its last row (0 if it has none)."""
    [found] = await EXTENTS.read(connection, select().where(*period.conditions))
    return found


async def recorded_decisions(
    connection: AsyncConnection, period: Period, after: int, last: int, limit: int
) -> list[RecordedDecision]:
    """At most `limit` rows of a period, oldest first: those with ids greater than `after`, up to `last`."""
    bounds = (AuditEvent.id > after, AuditEvent.id <= last, *period.conditions)
    return await RECORDED_DECISIONS.read(connection, select().where(*bounds).order_by(AuditEvent.id).limit(limit))


async def claim_key(
    connection: AsyncConnection, actor: str, key: str, action: str, request_hash: bytes
) -> StoredAnswer | None:
    """Claim an idempotency key. Returns None if the key is new, else its first use.

    If another transaction has claimed the key and is still open, this call waits until it commits or rolls back.
    """
    values = {"actor": actor, "key": key, "action": action, "request_hash": request_hash}
    statement = upsert(Answer).values(values).on_conflict_do_nothing().returning(Answer.key)
    if (await connection.execute(statement)).one_or_none() is not None:
        return None
    query = select().where(Answer.actor == actor, Answer.key == key)
    [first] = await STORED_ANSWERS.read(connection, query)
    return first


async def store_answer(connection: AsyncConnection, actor: str, key: str, payload: bytes) -> None:
    """Store the answer of a claimed key, to answer repeats of the request."""
    statement = update(Answer).where(Answer.actor == actor, Answer.key == key).values(payload=payload)
    await connection.execute(statement)
