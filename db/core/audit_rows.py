"""How an audit row and its event are written, as part of any statement. `db.audit.audit_log` reads them."""

from typing import NamedTuple

from sqlalchemy import BindParameter, bindparam
from sqlalchemy.dialects.postgresql import JSONB

from db.tables.types import Json
from domain.subjects import Actor, Partner, Person, System


class AuditRow(NamedTuple):
    """A new row of the audit log: who changed what.

    `facts` are the facts on which the policy decided, and `policy_hash` identifies that policy. `operator` is the
    operating-system user who ran a command.
    """

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
    operator: str | None = None


class AuthorColumns(NamedTuple):
    """The columns of an `AuditRow` that say who made the change."""

    actor_kind: str
    actor_id: str | None
    token_id: str | None
    operator: str | None


def author(actor: Actor, by: str | None) -> AuthorColumns:
    """Return who made a change; `by` is the account's id if nobody was signed in."""
    kind = type(actor).__name__.lower()
    if isinstance(actor, Person):
        return AuthorColumns(kind, actor.user_id, None, None)
    if isinstance(actor, Partner):
        return AuthorColumns(kind, actor.grantor_id, actor.token_id, None)
    if isinstance(actor, System):
        return AuthorColumns(kind, actor.name, None, actor.operator)
    return AuthorColumns(kind, by, None, None)


def recording(after: str, condition: str = "true") -> str:
    """Return the CTEs that write an audit row and its event, with `after` as a jsonb expression, if a condition holds.

    Their parameters are the other fields of an `AuditRow`.
    """
    return f"""recorded as (
    select {after} as after where {condition}
), event as (
    insert into events (team_id, kind, payload)
    select cast(:team_id as text), cast(:action as text), after from recorded
), audited as (
    insert into audit_events (
        team_id, actor_kind, actor_id, token_id, action, target_id, before, after, facts, policy_hash, request_id,
        operator
    )
    select cast(:team_id as text), cast(:actor_kind as text), cast(:actor_id as text), cast(:token_id as text),
           cast(:action as text), cast(:target_id as text), :before, after, :facts, cast(:policy_hash as text),
           cast(:request_id as text), cast(:operator as text)
    from recorded
    returning id
)"""  # noqa: S608 - the expressions are Usher's own


def json_parameters(*names: str) -> list[BindParameter[Json]]:
    """Return the parameters of an audit row that are JSON, by name."""
    return [bindparam(name, type_=JSONB) for name in names]
