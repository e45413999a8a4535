"""The mutation that completes a sign-in with a second factor."""

from resolvers.access import sign_in_challenges
from schema.access.passkeys import ANSWER
from schema.access.sessions import SessionPayload
from schema.core.fields import expose, publish_input

publish_input(
    sign_in_challenges.CompleteSignInInput,
    challenge="The `challenge` in the answer to the first step.",
    code="The code that the authenticator app shows now: six digits.",
    passkey=ANSWER,
    recovery_code="One of the recovery codes; case, spaces and hyphens do not matter.",
)

complete_sign_in = expose(sign_in_challenges.complete_sign_in, SessionPayload | None)
