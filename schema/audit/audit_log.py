"""The audit log, and who held what when."""

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from db.audit.audit_log import AuditEventRow
from db.seats.seat_history import PeriodRow
from resolvers.audit import audit_log
from schema.core.fields import expose, shows
from schema.core.refs import SeatRef, TokenRef, UserRef


@shows(AuditEventRow)
class AuditEvent:
    """One change: who made it, what it was, and what the policy knew when it allowed it."""

    id: strawberry.ID = strawberry.field(description="Its number in the log; not an id for `node(id:)`.")
    at: datetime
    actor_kind: str = strawberry.field(description="`person`, `partner`, or `anonymous` for somebody signing up or in.")
    actor_id: strawberry.ID | None = strawberry.field(description="The user's id; for a token, its grantor's.")
    token_id: strawberry.ID | None = strawberry.field(description="The partner token, when it was one that acted.")
    action: str = strawberry.field(description="The action of `policy.polar`, such as `seats:assign`.")
    target_id: strawberry.ID | None = strawberry.field(description="What it was done to.")
    before: JSON = strawberry.field(description="What was changed, as it was.")
    after: JSON = strawberry.field(description="What was changed, as it became.")
    facts: JSON = strawberry.field(
        description="What the policy saw: the subject's facts, then each target's; then what was decided along with it."
    )
    policy_hash: str = strawberry.field(description="The SHA-256 of the policy that decided.")
    request_id: str = strawberry.field(description="The `x-request-id` of the request, as in the answer and the log.")
    actor: UserRef | None = expose(audit_log.actor, UserRef | None)
    token: TokenRef | None = expose(audit_log.token, TokenRef | None)


@shows(PeriodRow)
class SeatPeriod:
    """A time in which somebody held a seat."""

    holder_id: strawberry.ID = strawberry.field(description="The user's id, which stays when they leave the team.")
    started_at: datetime
    started_by: strawberry.ID = strawberry.field(description="Who gave it: the id of a user or of a partner token.")
    ended_at: datetime | None = strawberry.field(description="When it ended; null while they hold it.")
    ended_by: strawberry.ID | None = strawberry.field(description="Who ended it.")
    seat: SeatRef | None = expose(audit_log.seat, SeatRef | None)
    holder: UserRef | None = expose(audit_log.holder, UserRef | None)
