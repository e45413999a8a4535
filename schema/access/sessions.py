"""The mutations to sign up, verify an e-mail address, sign in, sign out and set a new password."""

from resolvers.access import password_resets, sessions, sign_ups
from schema.core.fields import expose, publish_input
from schema.core.names import LAST_NAME
from schema.core.payloads import payload

LINK = "The part of the link after the #."

publish_input(sign_ups.SignUpInput, last_name=LAST_NAME)
publish_input(sign_ups.VerifyEmailInput, token=LINK)
publish_input(sessions.SignInInput)
publish_input(sessions.SignOutInput)
publish_input(password_resets.ResetPasswordInput, token=LINK)

SessionPayload = payload(sessions.SessionPayload)
sign_up = expose(sign_ups.sign_up, payload(sign_ups.SignUpPayload) | None)
verify_email = expose(sign_ups.verify_email, SessionPayload | None)
sign_in = expose(sessions.sign_in, SessionPayload | None)
sign_out = expose(sessions.sign_out, payload(sessions.SignOutPayload) | None)
reset_password = expose(password_resets.reset_password, SessionPayload | None)
