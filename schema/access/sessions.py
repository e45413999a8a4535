"""The mutations to sign up, sign in and sign out."""

from resolvers.access import sessions
from schema.core.fields import expose, publish_input
from schema.core.payloads import payload

publish_input(sessions.SignUpInput)
publish_input(sessions.SignInInput)
publish_input(sessions.SignOutInput)

SessionPayload = payload(sessions.SessionPayload)
sign_up = expose(sessions.sign_up, SessionPayload | None)
sign_in = expose(sessions.sign_in, SessionPayload | None)
sign_out = expose(sessions.sign_out, payload(sessions.SignOutPayload) | None)
