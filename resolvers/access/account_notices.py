"""Tells a person by mail what was changed in their account."""

from db.queue import jobs
from domain.mails import ACCOUNT_NOTICE, AccountEvent, AccountNoticeMail
from resolvers.core.mutations import Change


async def notify(change: Change, user_id: str, event: AccountEvent) -> None:
    """Queue the mail in the transaction of the change. It goes to the address that the account has when it is sent."""
    await jobs.enqueue(change.connection, ACCOUNT_NOTICE, [AccountNoticeMail(user_id, event.value)])
