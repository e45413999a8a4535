"""The second factors of an account."""

import strawberry

from db.access.second_factors import SecondFactors as SecondFactorsRow
from resolvers.access import second_factors
from schema.core.fields import expose, publish_input, shows
from schema.core.payloads import payload

OWN_PASSWORD = "Your password; needed if you signed in more than 10 minutes ago."  # noqa: S105 - a description

publish_input(second_factors.BeginAuthenticatorAppInput, password=OWN_PASSWORD)
publish_input(second_factors.ConfirmAuthenticatorAppInput, code="Six digits; spaces do not matter.")
publish_input(second_factors.RemoveAuthenticatorAppInput, password=OWN_PASSWORD)
publish_input(second_factors.RenewRecoveryCodesInput, password=OWN_PASSWORD)


@shows(SecondFactorsRow)
class SecondFactors:
    """What you can use as the second step of a sign-in."""

    authenticator_app: bool = strawberry.field(description="Whether you have set up an authenticator app.")
    passkeys: int = strawberry.field(description="How many passkeys you have.")
    recovery_codes: int = strawberry.field(description="How many of your recovery codes you have not used.")
    is_used: bool = expose(second_factors.is_used, bool)


begin_authenticator_app = expose(
    second_factors.begin_authenticator_app, payload(second_factors.BeginAuthenticatorAppPayload) | None
)
confirm_authenticator_app = expose(
    second_factors.confirm_authenticator_app, payload(second_factors.ConfirmAuthenticatorAppPayload) | None
)
remove_authenticator_app = expose(
    second_factors.remove_authenticator_app, payload(second_factors.RemoveAuthenticatorAppPayload) | None
)
renew_recovery_codes = expose(
    second_factors.renew_recovery_codes, payload(second_factors.RenewRecoveryCodesPayload) | None
)
