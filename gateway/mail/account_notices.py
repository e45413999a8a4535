"""The mail that tells a person what was changed in their account, and what to do if it was not them."""

from db.access import account_notices
from db.queue.jobs import Job
from domain.mails import AccountEvent, AccountNoticeMail
from domain.text import full_name
from gateway.mail.account_texts import ACCOUNT_TEXTS
from gateway.mail.message import Mail, MailContext, without_links
from gateway.mail.password_resets import REQUEST_PAGE
from gateway.mail.texts import TEXTS

EVENTS = {event.value: event for event in AccountEvent}


async def compose(context: MailContext, job: Job[AccountNoticeMail]) -> Mail | None:
    """Write the mail. Return None if the account is gone, or if only another version knows the event."""
    event = EVENTS.get(job.payload.event)
    async with context.database.snapshot() as connection:
        person = await account_notices.recipient(connection, job.payload.user_id)
    if event is None or person is None:
        return None
    texts, at = ACCOUNT_TEXTS[person.language], job.queued.created
    notice = texts.notices[event]
    text = texts.notice.format(
        name=without_links(person.first_name),
        happened=notice.happened.format(address=context.address),
        date=TEXTS[person.language].date(at),
        time=f"{at:%H:%M}",
        also=notice.also,
        page=f"{context.address}{REQUEST_PAGE}",
    )
    name = without_links(full_name(person.first_name, person.last_name))
    return Mail(job.payload.email or person.email, name, notice.subject, text)
