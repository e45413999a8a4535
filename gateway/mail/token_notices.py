"""The mail that tells a person that a partner token that they granted ends soon."""

from db.access import token_notices
from db.queue.jobs import Job
from domain.mails import TokenEndingMail
from gateway.mail.message import Mail, MailContext, without_links
from gateway.mail.texts import TEXTS


async def compose(context: MailContext, job: Job[TokenEndingMail]) -> Mail | None:
    """Write the mail to the grantor. Return None if the token was revoked or has ended meanwhile."""
    async with context.database.snapshot() as connection:
        ending = await token_notices.ending(connection, job.payload.team_id, job.payload.token_id)
    if ending is None:
        return None
    texts, token, name = TEXTS[ending.language], without_links(ending.token), without_links(ending.name)
    until, time = texts.date(ending.expires_at), f"{ending.expires_at:%H:%M}"
    text = texts.access_ends.format(name=name, token=token, team=without_links(ending.team), until=until, time=time)
    return Mail(to=ending.email, name=name, subject=texts.access_ends_subject.format(token=token), text=text)
