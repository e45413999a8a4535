"""Refuses a mail to an address that got one a moment ago."""

from datetime import UTC, datetime
from math import ceil

from db.access import mail_pauses
from domain.mails import MailPurpose
from domain.problems import UserError, UserErrorCode
from resolvers.core.mutations import Change


async def claim_mail(change: Change, purpose: MailPurpose, email: str, field: str) -> UserError | None:
    """Claim the next mail to an address, or return the error that says when it can be sent.

    `field` is the field of the input that names the address. With the error, the transaction is rolled back, and no
    answer is stored for repeats: the same request may succeed later.
    """
    until = await mail_pauses.claim(change.connection, purpose, email)
    if until is None:
        return None
    await change.connection.rollback()
    change.key_owner = None
    seconds = max(1, ceil((until - datetime.now(UTC)).total_seconds()))
    message = f"A mail was sent to this address a moment ago. You can send another one at {until:%H:%M:%S} UTC."
    return UserError(UserErrorCode.MAIL_PAUSED, message, [field], retry_after=seconds)
