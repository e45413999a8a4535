"""Signing up, in and out."""

from resolvers.access import sessions
from schema.core.fields import accepts, expose
from schema.core.payloads import payload

accepts(sessions.SignUpInput)
accepts(sessions.SignInInput)
accepts(sessions.SignOutInput)

SessionPayload = payload(sessions.SessionPayload)
sign_up = expose(sessions.sign_up, SessionPayload | None)
sign_in = expose(sessions.sign_in, SessionPayload | None)
sign_out = expose(sessions.sign_out, payload(sessions.SignOutPayload) | None)
