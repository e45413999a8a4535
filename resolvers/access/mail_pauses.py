"""Refuses a mail to an address that got one a moment ago, or that got many."""

import hashlib
from datetime import UTC, datetime, timedelta
from math import ceil

from db.access import mail_pauses, sign_in_failures
from db.access.sign_in_failures import Budget
from domain.mails import MailPurpose
from domain.problems import UserError, UserErrorCode
from resolvers.core.mutations import Change
from resolvers.core.rollbacks import roll_back

# Mails of one purpose to one address that one place can ask for, and all places together. A stranger needs ten places
# to keep the owner of an address from asking, and cannot flood the address.
OF_PLACE, OF_ALL = Budget(3, 1200.0), Budget(30, 120.0)


def key_owner(email: str) -> str:
    """The owner of the idempotency keys of requests for a mail to this address, for people who are not signed in."""
    return f"address_{hashlib.sha256(email.encode()).hexdigest()}"


async def claim_mail(change: Change, purpose: MailPurpose, email: str, field: str) -> UserError | None:
    """Claim the next mail to an address, or return the error that says when it can be sent.

    `field` is the field of the input that names the address. With the error, the transaction is rolled back, and no
    answer is stored for repeats: the same request may succeed later.
    """
    until = await mail_pauses.claim(change.connection, purpose, email)
    return None if until is None else await _refuse(change, until, field)


async def claim_mail_of_place(change: Change, purpose: MailPurpose, email: str, place: str) -> UserError | None:
    """Claim the next mail that somebody at this place asks for, or return the error, as `claim_mail` does.

    The pause is that of the place: else anybody who signs up with the address each minute would keep its owner out. The
    address is in lower case, as the database computes it.
    """
    until = await mail_pauses.claim(change.connection, purpose, email, place)
    if until is not None:
        return await _refuse(change, until, "email")
    of_address = f"{purpose.value} mails|{email}"
    for text, budget in ((f"{of_address}|{place}", OF_PLACE), (of_address, OF_ALL)):
        if error := await claim_from_budget(change, text, budget):
            return error
    return None


async def claim_from_budget(change: Change, subject: str, budget: Budget) -> UserError | None:
    """Spend one mail of this subject's budget, or return the error, as `claim_mail` does."""
    hashed = hashlib.sha256(subject.encode()).digest()
    if wait := (await sign_in_failures.spend(change.connection, hashed, budget)).wait:
        return await _refuse(change, datetime.now(UTC) + timedelta(seconds=wait), "email")
    return None


async def _refuse(change: Change, until: datetime, field: str) -> UserError:
    await roll_back(change)
    seconds = max(1, ceil((until - datetime.now(UTC)).total_seconds()))
    message = f"A mail was sent to this address a moment ago. You can send another one at {until:%H:%M:%S} UTC."
    return UserError(UserErrorCode.MAIL_PAUSED, message, [field], retry_after=seconds)
