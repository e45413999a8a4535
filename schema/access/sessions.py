"""The mutations to sign up, verify an e-mail address, sign in and sign out."""

from domain.text import PASSWORD_LENGTHS
from resolvers.access import sessions, sign_ups
from schema.core.fields import expose, publish_input
from schema.core.payloads import payload

LINK = "The part of the link after the #."
NEW_PASSWORD = f"The new password; {PASSWORD_LENGTHS[0]} to {PASSWORD_LENGTHS[-1]} characters."
OWN_PASSWORD, CHOSEN_PASSWORD = "The password of the account.", "The password that you chose when you signed up."
OWN_IF_OLD = "The present password, if you signed in more than 10 minutes ago."
OWN_IF_OUT = "The password of the account, unless you are signed in to it."

publish_input(
    sign_ups.SignUpInput,
    email="The address that you will sign in with. A link is sent to it.",
    password=NEW_PASSWORD,
    language="The language of the mails to you.",
)
publish_input(sign_ups.VerifyEmailInput, token=LINK, password=CHOSEN_PASSWORD)
publish_input(
    sessions.SignInInput,
    email="The address of the account; upper and lower case do not matter.",
    password=OWN_PASSWORD,
)
publish_input(sessions.SignOutInput)

SessionPayload = payload(sessions.SessionPayload)
sign_up = expose(sign_ups.sign_up, payload(sign_ups.SignUpPayload) | None)
verify_email = expose(sign_ups.verify_email, SessionPayload | None)
sign_in = expose(sessions.sign_in, SessionPayload | None)
sign_out = expose(sessions.sign_out, payload(sessions.SignOutPayload) | None)
