"""Tells a person by mail what was changed in their account."""

from db.access import account_notices
from db.queue import jobs
from domain.mails import ACCOUNT_NOTICE, AccountEvent, AccountNoticeMail
from resolvers.core.mutations import Change


async def notify(change: Change, user_id: str, event: AccountEvent, token_id: str | None = None) -> None:
    """Queue the mail in the transaction of the change, to the address that the account has after the change.

    `token_id` is the partner token of the event.

    A later change of the address does not take the mail along: a thief could else keep it from the person.
    """
    email = await account_notices.address(change.connection, user_id)
    await jobs.enqueue(change.connection, ACCOUNT_NOTICE, [AccountNoticeMail(user_id, event.value, email, token_id)])
