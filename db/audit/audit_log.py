"""What happened: audit rows and events of changes, and the first answers of idempotency keys."""

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
    """Who did what: `facts` are what the policy saw, `policy_hash` which policy it was."""

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
    """A line of the audit log as the graph shows it; as `AuditRow`, with its number and its time."""

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


LINES = columns_of(AuditEventRow, AuditEvent)


class Decided(NamedTuple):
    """A line of the audit log as it takes to make its decision again."""

    id: int
    at: datetime
    actor_kind: str
    actor_id: str | None
    token_id: str | None
    action: str
    target_id: str | None
    facts: list[Any]
    policy_hash: str


DECIDED = columns_of(Decided, AuditEvent)


@dataclass(frozen=True, slots=True)
class Period:
    """A part of the audit log: from `since`, before `until`, of one team; None: no such bound."""

    since: datetime | None = None
    until: datetime | None = None
    team_id: str | None = None

    @property
    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """The bounds as SQL."""
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
    """How many lines a period has, and the id of its last (0: none)."""

    total: int
    last: int


class FirstAnswer(NamedTuple):
    """What an idempotency key was used for before, and what was answered (None while that is under way)."""

    action: str
    request_hash: bytes
    payload: bytes | None


FIRST_ANSWERS = columns_of(FirstAnswer, Answer)
EXTENTS = columns_of(Extent, AuditEvent, total=func.count(), last=func.coalesce(func.max(AuditEvent.id), 0))


async def record(connection: AsyncConnection, row: AuditRow) -> None:
    """Write the audit row and the event of a change, in the transaction of the change."""
    values = row._asdict()
    for name in ("before", "after", "facts"):
        values[name] = orjson.dumps(values[name]).decode()
    await RECORD.run(connection, **values)


async def tell(connection: AsyncConnection, team_id: str | None, kind: str, payload: dict[str, Any]) -> None:
    """Write an event of its own: something that happened without anybody's doing."""
    await connection.execute(insert(Event).values(team_id=team_id, kind=kind, payload=payload))


@listing
def listed(reach: Reach) -> Definition[AuditEventRow]:
    """A team's audit log within `reach`, the newest first."""

    def rows(team_id: ColumnElement[str]) -> Rows:
        return select().where(AuditEvent.team_id == team_id, within(reach, AuditEvent.team_id))

    return Definition(rows, [AuditEvent.id.expression], LINES, descending=True)


async def extent(connection: AsyncConnection, period: Period) -> Extent:
    """How many lines a period has, and the id of its last (0: none)."""
    [found] = await EXTENTS.read(connection, select().where(*period.conditions))
    return found


async def decided(connection: AsyncConnection, period: Period, after: int, last: int, limit: int) -> list[Decided]:
    """The next lines of a period, oldest first: those behind the id `after` and up to the id `last`."""
    bounds = (AuditEvent.id > after, AuditEvent.id <= last, *period.conditions)
    return await DECIDED.read(connection, select().where(*bounds).order_by(AuditEvent.id).limit(limit))


async def claim(
    connection: AsyncConnection, actor: str, key: str, action: str, request_hash: bytes
) -> FirstAnswer | None:
    """Claim an idempotency key; None when it is new, else what it stands for.

    A repeat that comes while the first is under way waits here until that commits or rolls back.
    """
    values = {"actor": actor, "key": key, "action": action, "request_hash": request_hash}
    statement = upsert(Answer).values(values).on_conflict_do_nothing().returning(Answer.key)
    if (await connection.execute(statement)).one_or_none() is not None:
        return None
    query = select().where(Answer.actor == actor, Answer.key == key)
    [first] = await FIRST_ANSWERS.read(connection, query)
    return first


async def keep(connection: AsyncConnection, actor: str, key: str, payload: bytes) -> None:
    """Keep the answer of a claimed key for its repeats."""
    statement = update(Answer).where(Answer.actor == actor, Answer.key == key).values(payload=payload)
    await connection.execute(statement)
