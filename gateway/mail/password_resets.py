"""The mail with a link to set a new password, or that says that the address has no account."""

from db.access import password_resets
from db.queue.jobs import Job
from domain.credentials import CredentialKind, issue
from domain.mails import PasswordResetMail
from domain.text import full_name
from gateway.mail.account_texts import ACCOUNT_TEXTS
from gateway.mail.message import Mail, MailContext, without_links
from gateway.mail.texts import TEXTS

PAGE = "/reset"
REQUEST_PAGE = "/forgot"


async def compose(context: MailContext, job: Job[PasswordResetMail]) -> Mail | None:
    """Write the mail. Return None if the link was ended or has expired meanwhile.

    Each attempt creates a new link, so that the queue holds no secret.
    """
    token, credential = issue(CredentialKind.RESET)
    async with context.change(job) as change:
        letter = await password_resets.store_token(change.connection, job.payload.reset_id, credential.token_hash)
        if letter is not None and letter.user_id is not None:
            about = {"mail": job.kind, "outcome": "new link", "user": letter.user_id}
            await change.record(None, job.payload.about_id, {}, about)
    if letter is None:
        return None
    texts = ACCOUNT_TEXTS[letter.language]
    if letter.user_id is None:
        return Mail(letter.email, "", texts.unknown_subject, texts.unknown.format(address=context.address))
    link = f"{context.address}{PAGE}#{token}"
    text = texts.reset.format(
        name=without_links(letter.first_name),
        link=link,
        until=TEXTS[letter.language].date(letter.expires_at),
        time=f"{letter.expires_at:%H:%M}",
    )
    name = without_links(full_name(letter.first_name, letter.last_name))
    return Mail(letter.email, name, texts.reset_subject, text, link)
