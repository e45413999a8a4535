"""The mail that tells a person what was changed in their account, and what to do if it was not them."""

from db.access import account_notices
from db.access.account_notices import NoticedToken
from db.queue.jobs import Job
from domain.languages import Language
from domain.mails import AccountEvent, AccountNoticeMail
from domain.text import full_name
from gateway.mail.account_texts import ACCOUNT_TEXTS
from gateway.mail.message import Mail, MailContext, without_links
from gateway.mail.password_resets import REQUEST_PAGE
from gateway.mail.texts import TEXTS

EVENTS = {event.value: event for event in AccountEvent}
TOKEN_EVENTS = frozenset({AccountEvent.TOKEN_CREATED, AccountEvent.TOKEN_ROTATED})


async def compose(context: MailContext, job: Job[AccountNoticeMail]) -> Mail | None:
    """Write the mail. Return None if the account or the token is gone, or if only another version knows the event."""
    event, token = EVENTS.get(job.payload.event), None
    async with context.database.snapshot() as connection:
        person = await account_notices.recipient(connection, job.payload.user_id)
        if event in TOKEN_EVENTS and job.payload.token_id is not None:
            token = await account_notices.token(connection, job.payload.user_id, job.payload.token_id)
    if event is None or person is None or (event in TOKEN_EVENTS and token is None):
        return None
    texts, at = ACCOUNT_TEXTS[person.language], job.queued.created
    notice, about = texts.notices[event], {} if token is None else _about(token, person.language)
    text = texts.notice.format(
        name=without_links(person.first_name),
        happened=notice.happened.format(address=context.address, **about),
        date=TEXTS[person.language].date(at),
        time=f"{at:%H:%M}",
        also=notice.also.format(**about),
        page=f"{context.address}{REQUEST_PAGE}",
    )
    name = without_links(full_name(person.first_name, person.last_name))
    return Mail(job.payload.email or person.email, name, notice.subject, text)


def _about(token: NoticedToken, language: Language) -> dict[str, str]:
    """What a text says about a token."""
    about = {"token": without_links(token.name), "team": without_links(token.team)}
    ends = token.previous_secret_ends_at
    return about if ends is None else {**about, "until": TEXTS[language].date(ends), "until_time": f"{ends:%H:%M}"}
