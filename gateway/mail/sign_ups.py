"""The mail that ends a sign-up, or that says that the address has an account already."""

from db.access import sign_ups
from db.access.sign_ups import MailContent
from db.queue.jobs import Job
from domain.credentials import CredentialKind, issue
from domain.mails import SignUpMail
from domain.text import full_name
from gateway.mail.message import Mail, MailContext, without_links

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
        return Mail(letter.email, "", "You have an account already", _text_if_taken(context))
    link = f"{context.address}{PAGE}#{token}"
    name = without_links(full_name(letter.first_name, letter.last_name))
    return Mail(letter.email, name, "Verify your e-mail address", _text(letter, link), link)


def _text(letter: MailContent, link: str) -> str:
    return "\n".join(
        (
            f"Hello {without_links(letter.first_name)},",
            "",
            "somebody signed up with this e-mail address. If it was you, open this link, and enter the password that",
            "you chose:",
            "",
            link,
            "",
            f"You can use it until {letter.expires_at:%d %B %Y, %H:%M} UTC. If it was not you, ignore this mail: then",
            "no account is made.",
            "",
        )
    )


def _text_if_taken(context: MailContext) -> str:
    return "\n".join(
        (
            "Hello,",
            "",
            f"somebody signed up at {context.address} with this e-mail address, but you have an account already.",
            "Nothing was changed. If it was you, sign in with your password. If you have forgotten it, ask the",
            "operator for a link to set a new one.",
            "",
        )
    )
