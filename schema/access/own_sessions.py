"""A person's own sessions."""

from datetime import datetime

import strawberry

from db.access.own_sessions import OwnSessionRow
from domain.sign_in_methods import SignInMethod
from resolvers.access import own_sessions
from schema.core.changed_lists import IDS
from schema.core.fields import expose, publish_enum, publish_input, shows
from schema.core.payloads import payload

publish_enum(SignInMethod)
publish_input(own_sessions.EndSessionInput, session_id="The id of the session.")
publish_input(own_sessions.EndOtherSessionsInput)


@shows(OwnSessionRow)
class Session:
    """One of your sessions: a device, or a program, that is signed in as you."""

    id: strawberry.ID = strawberry.field(description="The id for `endSession`. It is not an id for `node(id:)`.")
    method: SignInMethod = strawberry.field(description="How you proved who you are when the session began.")
    device: str | None = strawberry.field(
        description="The browser and the system, or the program, such as `Firefox on Linux`; null if it is not known."
    )
    place: str | None = strawberry.field(
        description="The network address from which the session began, for IPv6 its /64 network; null if not known."
    )
    created_at: datetime = strawberry.field(description="When the session began.")
    last_used_at: datetime = strawberry.field(description="When it was last used, at most 5 minutes too early.")
    expires_at: datetime = strawberry.field(description="When the session ends by itself.")
    is_current: bool = expose(own_sessions.is_current, bool)


end_session = expose(
    own_sessions.end_session,
    payload(own_sessions.EndSessionPayload, deleted_session_ids=expose(own_sessions.deleted_session_id, IDS)) | None,
)
end_other_sessions = expose(
    own_sessions.end_other_sessions,
    payload(own_sessions.EndOtherSessionsPayload, deleted_session_ids=expose(own_sessions.deleted_session_ids, IDS))
    | None,
)
