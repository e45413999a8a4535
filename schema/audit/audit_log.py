"""The audit log, and the periods in which people held seats."""

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from db.audit.audit_log import AuditEventRow
from db.seats.seat_history import PeriodRow
from resolvers.audit import audit_log, audit_people, audit_targets
from schema.core.fields import expose, shows
from schema.core.nodes import Node
from schema.core.refs import PersonalChangeRef, SeatRef, TokenRef, UserRef


@shows(AuditEventRow)
class AuditEvent:
    """One change: who made it, what was changed, and the facts on which the policy allowed it."""

    id: strawberry.ID = strawberry.field(
        description="The number of the entry in the log. It is not an id for `node(id:)`."
    )
    at: datetime = strawberry.field(description="When the change was made.")
    actor_kind: str = strawberry.field(
        description="`person`, `partner`, `anonymous` for a sign-up or sign-in, or `system` for a command or a job."
    )
    actor_id: strawberry.ID | None = strawberry.field(
        description="The id of the user, for a partner token that of its grantor; for `system`, such as `job "
        "calendar`; null if nobody had an account yet."
    )
    token_id: strawberry.ID | None = strawberry.field(
        description="The id of the partner token; null if no token made the change."
    )
    action: str = strawberry.field(description="The action of `policy.polar`, such as `seats:assign`.")
    target_id: strawberry.ID | None = strawberry.field(
        description="The id of the object that was changed; null if it was no single object."
    )
    before: JSON = strawberry.field(
        description="The changed values before the change. They name people by their ids only."
    )
    after: JSON = strawberry.field(
        description="The changed values after the change; `personal` in them names the values that are shown apart."
    )
    facts: JSON = strawberry.field(
        description="The facts of the decision: those of the subject, then of each target, then of related decisions."
    )
    policy_hash: str = strawberry.field(description="The SHA-256 of the text of the policy that decided.")
    request_id: str = strawberry.field(
        description="The `x-request-id` of the request, as in the response and in the log; for a job, its id."
    )
    operator: str | None = strawberry.field(
        description="The operating-system user who ran the command; null if no command made the change."
    )
    actor: UserRef | None = expose(audit_log.actor, UserRef | None)
    token: TokenRef | None = expose(audit_log.token, TokenRef | None)
    target: Node | None = expose(audit_targets.target, Node | None)
    personal: list[PersonalChangeRef] = expose(audit_people.personal, list[PersonalChangeRef])
    deleted_user_ids: list[strawberry.ID] = expose(audit_people.deleted_user_ids, list[strawberry.ID])


@shows(PeriodRow)
class SeatPeriod:
    """A period in which a person held a seat."""

    holder_id: strawberry.ID = strawberry.field(
        description="The id of the user. It stays here after they leave the team."
    )
    started_at: datetime = strawberry.field(description="When the person got the seat.")
    started_by: strawberry.ID = strawberry.field(
        description="The id of the user or the partner token that assigned the seat, or the name of a job."
    )
    ended_at: datetime | None = strawberry.field(description="When the period ended; null while they hold the seat.")
    ended_by: strawberry.ID | None = strawberry.field(
        description="The id of the user or the partner token that ended the period, or the name of a job; null like "
        "`endedAt`."
    )
    seat: SeatRef | None = expose(audit_log.seat, SeatRef | None)
    holder: UserRef | None = expose(audit_log.holder, UserRef | None)
