"""The audit log, the events that are written with it, and the stored answers of idempotency keys."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from types import NoneType
from typing import NamedTuple

from sqlalchemy import ColumnElement, DateTime, any_, bindparam, cast, func, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.dialects.postgresql import insert as upsert

from db.core.audit_rows import AuditRow, json_parameters, recording
from db.core.connection import Connection
from db.core.paging import Definition, Rows, listing
from db.core.reach import within
from db.core.rows import columns_of
from db.core.statements import RowQuery, Statement
from db.tables.audit import Answer, AuditEvent
from db.tables.types import Json
from domain.actions import CONTRACT_ACTIONS
from domain.reach import Reach


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
    before: Json
    after: Json
    facts: list[Json]
    policy_hash: str
    request_id: str
    operator: str | None


AUDIT_EVENTS = columns_of(AuditEventRow, AuditEvent)
# A job queues mails of all kinds, and those about contracts are notices.
OF_NOTICE = func.coalesce(AuditEvent.target_id.startswith("notice_", autoescape=True), False)
ABOUT_CONTRACTS = or_(AuditEvent.action == any_(array([action.value for action in CONTRACT_ACTIONS])), OF_NOTICE)


class RecordedDecision(NamedTuple):
    """A row of the audit log, with the fields that are needed to repeat its decision."""

    id: int
    at: datetime
    actor_kind: str
    actor_id: str | None
    token_id: str | None
    action: str
    target_id: str | None
    facts: list[Json]
    policy_hash: str
    operator: str | None


RECORDED_DECISIONS = columns_of(RecordedDecision, AuditEvent)


class Period(NamedTuple):
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
    "record",
    NoneType,
    text(f"with {recording(':after')} select").bindparams(*json_parameters("before", "after", "facts")),
)

RECORD_PERSONAL = Statement(
    "record_personal",
    NoneType,
    text(f"""
with {recording(":after")}
insert into audit_people (audit_id, user_id, before, after)
select a.id, p.user_id, p.before, p.after
from audited a cross join jsonb_to_recordset(:people) as p (user_id text, before jsonb, after jsonb)
""").bindparams(*json_parameters("before", "after", "facts", "people")),  # noqa: S608 - Usher's own expressions
)

# One row and one event for each target; the other columns are the same for all. No target is there twice.
RECORD_EACH = Statement(
    "record_each",
    NoneType,
    text("""
with changed as (
    select * from jsonb_to_recordset(:changes) as c (target_id text, before jsonb, after jsonb, person jsonb)
), event as (
    insert into events (team_id, kind, payload)
    select cast(:team_id as text), cast(:action as text), after from changed
), audited as (
    insert into audit_events (
        team_id, actor_kind, actor_id, token_id, action, target_id, before, after, facts, policy_hash, request_id,
        operator
    )
    select cast(:team_id as text), cast(:actor_kind as text), cast(:actor_id as text), cast(:token_id as text),
           cast(:action as text), target_id, before, after, :facts, cast(:policy_hash as text),
           cast(:request_id as text), cast(:operator as text)
    from changed
    returning id, target_id
)
insert into audit_people (audit_id, user_id, before, after)
select a.id, c.person ->> 'user_id', c.person -> 'before', c.person -> 'after'
from audited a join changed c on c.target_id = a.target_id
where c.person <> 'null'
""").bindparams(*json_parameters("changes", "facts")),
)


class PersonalValues(NamedTuple):
    """The values of a change that identify a person, before and after it, such as the names.

    They are stored beside the entry of the audit log, and are not in the event: they are erased with the account.
    """

    user_id: str
    before: Json
    after: Json


class TargetChange(NamedTuple):
    """What a mutation on many targets changed in one of them: its id, the values before and after, and personal ones.

    The values before and after identify people by their ids only.
    """

    target_id: str
    before: Json
    after: Json
    person: PersonalValues | None = None


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

CLAIM_KEY = Statement(
    "claim_key",
    str,
    upsert(Answer)
    .values({name: bindparam(name) for name in ("actor", "key", "action", "request_hash")})
    .on_conflict_do_nothing()
    .returning(Answer.key),
)

FIRST_USE = Statement(
    "first_use",
    StoredAnswer,
    STORED_ANSWERS.apply_to(select().where(Answer.actor == bindparam("actor"), Answer.key == bindparam("key"))),
)

STORE_ANSWER = Statement(
    "store_answer",
    NoneType,
    update(Answer)
    .where(Answer.actor == bindparam("actor"), Answer.key == bindparam("key"))
    .values(payload=bindparam("payload")),
)


async def record(connection: Connection, row: AuditRow, people: Sequence[PersonalValues] = ()) -> None:
    """Write the audit row and the event of a change, in the transaction of the change, with the values of people.

    Both say in `personal` which values these are.
    """
    if people:
        values = row._asdict() | {"after": _with_names(row.after, people)}
        await RECORD_PERSONAL.run(connection, **values, people=[one._asdict() for one in people])
    else:
        await RECORD.run(connection, **row._asdict())


async def record_each(connection: Connection, row: AuditRow, changes: Sequence[TargetChange]) -> None:
    """Write an audit row and an event for each of these changes in one statement. `row` has all other values."""
    if changes:
        values = row._asdict()
        for replaced in ("target_id", "before", "after"):
            del values[replaced]
        await RECORD_EACH.run(connection, changes=list(map(_target_row, changes)), **values)


@listing
def listed(
    reach: Reach, orders: Reach, action: str | None, actor_id: str | None, since: date | None, until: date | None
) -> Definition[AuditEventRow]:
    """The audit log of a team within `reach`, the newest row first; rows about contracts only within `orders`, too.

    Only one action, one actor, and the days from `since` to `until` (UTC, both included); None stands for all.
    """

    def rows(team_id: ColumnElement[str]) -> Rows:
        found = select().where(
            AuditEvent.team_id == team_id,
            within(reach, AuditEvent.team_id),
            or_(~ABOUT_CONTRACTS, within(orders, AuditEvent.team_id)),
        )
        if action is not None:
            found = found.where(AuditEvent.action == action)
        if actor_id is not None:
            found = found.where(AuditEvent.actor_id == actor_id)
        if since is not None:
            found = found.where(AuditEvent.at >= cast(since, DateTime(timezone=True)))
        if until is not None:
            ends = cast(until, DateTime(timezone=True)) + literal(timedelta(days=1))
            found = found.where(AuditEvent.at < ends)
        return found

    return Definition(rows, [AuditEvent.id.expression], AUDIT_EVENTS, descending=True)


async def extent(connection: Connection, period: Period) -> Extent:
    """How many rows a period has, and the id of its last row (0 if it has none)."""
    [found] = await _EXTENT.rows(connection, *period)
    return found


async def recorded_decisions(
    connection: Connection, period: Period, after: int, last: int, limit: int
) -> list[RecordedDecision]:
    """At most `limit` rows of a period, oldest first: those with ids greater than `after`, up to `last`."""
    return await _RECORDED_DECISIONS.rows(connection, *period, after, last, limit)


async def claim_key(
    connection: Connection, actor: str, key: str, action: str, request_hash: bytes
) -> StoredAnswer | None:
    """Claim an idempotency key. Returns None if the key is new, else its first use.

    If another transaction has claimed the key and is still open, this call waits until it commits or rolls back.
    """
    if await CLAIM_KEY.row(connection, actor=actor, key=key, action=action, request_hash=request_hash) is not None:
        return None
    [first] = await FIRST_USE.rows(connection, actor=actor, key=key)
    return first


async def store_answer(connection: Connection, actor: str, key: str, payload: bytes) -> None:
    """Store the answer of a claimed key, to answer repeats of the request."""
    await STORE_ANSWER.run(connection, actor=actor, key=key, payload=payload)


def _target_row(change: TargetChange) -> Json:
    if change.person is None:
        return change._asdict()
    after = _with_names(change.after, [change.person])
    return change._asdict() | {"after": after, "person": change.person._asdict()}


def _with_names(after: Json, people: Sequence[PersonalValues]) -> Json:
    return after | {"personal": sorted({name for one in people for name in one.after})}


def _extent(since: datetime | None, until: datetime | None, team_id: str | None) -> Rows:
    return select().where(*Period(since, until, team_id).conditions)


def _recorded_decisions(
    since: datetime | None, until: datetime | None, team_id: str | None, after: int, last: int, limit: int
) -> Rows:
    bounds = (AuditEvent.id > after, AuditEvent.id <= last, *Period(since, until, team_id).conditions)
    return select().where(*bounds).order_by(AuditEvent.id).limit(limit)


_EXTENT, _RECORDED_DECISIONS = RowQuery(EXTENTS, _extent), RowQuery(RECORDED_DECISIONS, _recorded_decisions)
