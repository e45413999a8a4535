"""The mutations to change the e-mail address of the own account."""

from resolvers.access import email_changes
from schema.access.sessions import LINK, NEW_PASSWORD, OWN_IF_OLD, OWN_IF_OUT, SessionPayload
from schema.core.fields import expose, publish_input
from schema.core.payloads import payload

publish_input(email_changes.ChangeEmailInput, email="The new address. A link is sent to it.", password=OWN_IF_OLD)
publish_input(email_changes.ConfirmEmailInput, token=LINK, password=OWN_IF_OUT)
publish_input(email_changes.UndoEmailChangeInput, token=LINK, password=NEW_PASSWORD)

change_email = expose(email_changes.change_email, payload(email_changes.ChangeEmailPayload) | None)
confirm_email = expose(email_changes.confirm_email, payload(email_changes.ConfirmEmailPayload) | None)
undo_email_change = expose(email_changes.undo_email_change, SessionPayload | None)
