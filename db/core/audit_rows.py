"""How an audit row and its event are written, as part of any statement. `db.audit.audit_log` reads them."""

from typing import NamedTuple

from sqlalchemy import BindParameter, bindparam
from sqlalchemy.dialects.postgresql import JSONB

from db.tables.types import Json


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
    before: Json
    after: Json
    facts: list[Json]
    policy_hash: str
    request_id: str


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
        team_id, actor_kind, actor_id, token_id, action, target_id, before, after, facts, policy_hash, request_id
    )
    select cast(:team_id as text), cast(:actor_kind as text), cast(:actor_id as text), cast(:token_id as text),
           cast(:action as text), cast(:target_id as text), :before, after, :facts, cast(:policy_hash as text),
           cast(:request_id as text)
    from recorded
)"""  # noqa: S608 - the expressions are Usher's own


def json_parameters(*names: str) -> list[BindParameter[Json]]:
    """Return the parameters of an audit row that are JSON, by name."""
    return [bindparam(name, type_=JSONB) for name in names]
