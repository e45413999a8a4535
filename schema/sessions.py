"""Signing up, in and out."""

from datetime import datetime

import strawberry

from resolvers import sessions
from schema.errors import UserError
from schema.fields import accepts, expose, shows
from schema.refs import UserRef

accepts(sessions.SignUpInput)
accepts(sessions.SignInInput)
accepts(sessions.SignOutInput)


@shows(sessions.SessionPayload)
class SessionPayload:
    """Who is signed in now, with the session token to send as `Authorization: Bearer …`."""

    user: UserRef | None
    token: str | None = strawberry.field(
        description="Null when it went into a cookie, in a dry run, and in the answer to a repeat."
    )
    expires_at: datetime | None = strawberry.field(description="When the session ends; null where none began.")
    errors: list[UserError]


@shows(sessions.SignOutPayload)
class SignOutPayload:
    """Whether a session was ended."""

    signed_out: bool
    errors: list[UserError]


sign_up = expose(sessions.sign_up, SessionPayload | None)
sign_in = expose(sessions.sign_in, SessionPayload | None)
sign_out = expose(sessions.sign_out, SignOutPayload | None)
