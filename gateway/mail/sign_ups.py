"""The mail that ends a sign-up, or that says that the address has an account already."""

from db.access import sign_ups
from db.access.sign_ups import MailContent
from db.queue.jobs import Job
from domain.credentials import CredentialKind, issue
from domain.mails import SignUpMail
from domain.text import full_name
from gateway.mail.message import Mail, MailContext, without_links
from gateway.mail.password_resets import REQUEST_PAGE
from gateway.mail.texts import TEXTS

PAGE = "/verify"


async def compose(context: MailContext, job: Job[SignUpMail]) -> Mail | None:
    """Write the mail of a sign-up. Return None if the sign-up was used or has expired meanwhile.

    Each attempt creates a new link, so that the queue holds no secret.
    """
    token, credential = issue(CredentialKind.SIGN_UP)
    async with context.change(job) as change:
        letter = await sign_ups.store_token(change.connection, job.payload.sign_up_id, credential.token_hash)
        if letter is not None and not letter.is_taken:
            await change.record(None, job.payload.about_id, {}, {"mail": job.kind, "outcome": "new link"})
    if letter is None:
        return None
    if letter.is_taken:
        texts = TEXTS[letter.language]
        text = texts.sign_up_taken.format(address=context.address, page=f"{context.address}{REQUEST_PAGE}")
        return Mail(letter.email, "", texts.sign_up_taken_subject, text)
    return _mail(letter, f"{context.address}{PAGE}#{token}")


def _mail(letter: MailContent, link: str) -> Mail:
    texts = TEXTS[letter.language]
    text = texts.sign_up.format(
        name=without_links(letter.first_name),
        link=link,
        until=texts.date(letter.expires_at),
        time=f"{letter.expires_at:%H:%M}",
    )
    name = without_links(full_name(letter.first_name, letter.last_name))
    return Mail(letter.email, name, texts.sign_up_subject, text, link)
