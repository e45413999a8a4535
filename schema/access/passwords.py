"""The mutations to get a link by mail, to set a new password with it, and to change the password."""

from resolvers.access import password_changes, password_resets
from schema.access.sessions import LINK, NEW_PASSWORD, OWN_IF_OLD, SessionPayload
from schema.core.changed_lists import IDS
from schema.core.fields import expose, publish_input
from schema.core.payloads import payload

publish_input(
    password_resets.RequestPasswordResetInput,
    email="The address of the account. A link is sent to it.",
    language="The language of the mail if the address has no account; else it is that of the account.",
)
publish_input(password_resets.ResetPasswordInput, token=LINK, password=NEW_PASSWORD)
publish_input(password_changes.ChangePasswordInput, new_password=NEW_PASSWORD, password=OWN_IF_OLD)

request_password_reset = expose(
    password_resets.request_password_reset, payload(password_resets.RequestPasswordResetPayload) | None
)
reset_password = expose(password_resets.reset_password, SessionPayload | None)
change_password = expose(
    password_changes.change_password,
    payload(
        password_changes.ChangePasswordPayload,
        deleted_session_ids=expose(password_changes.deleted_session_ids, IDS),
    )
    | None,
)
