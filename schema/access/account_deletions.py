"""The mutation with which people delete their own account."""

from resolvers.access import account_deletions
from schema.core.fields import expose, publish_input
from schema.core.payloads import payload

publish_input(
    account_deletions.DeleteAccountInput,
    password="The password of your account; not needed if you signed in at most 10 minutes ago.",  # noqa: S106 - a text
)

delete_account = expose(account_deletions.delete_account, payload(account_deletions.DeleteAccountPayload) | None)
