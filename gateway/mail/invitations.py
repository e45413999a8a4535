"""The mail that invites a person to a team."""

from db.core.connection import Connection
from db.invitations import invitations
from db.invitations.invitations import MailContent
from db.queue.jobs import Job
from domain.credentials import CredentialKind, issue
from domain.mails import InvitationMail, MailOutcome
from domain.text import full_name
from gateway.mail.message import Mail, MailContext, without_links
from gateway.mail.texts import TEXTS

PAGE = "/invitations"


async def compose(context: MailContext, job: Job[InvitationMail]) -> Mail | None:
    """Write the mail of an invitation. Return None if the invitation was accepted, replaced or revoked meanwhile.

    Each attempt creates a new link, so that the queue holds no secret. If a mail is sent twice, only the link of the
    later mail works.
    """
    token, credential = issue(CredentialKind.INVITATION)
    async with context.change(job) as change:
        letter = await invitations.store_token(change.connection, *_place(job), credential.token_hash)
        if letter is not None:
            await change.record(
                job.payload.team_id, job.payload.about_id, {}, {"mail": job.kind, "outcome": "new link"}
            )
    if letter is None:
        return None
    # The token is in the fragment, which browsers do not send: it appears in no server's log and in no Referer header.
    return _mail(letter, f"{context.address}{PAGE}#{token}")


async def record(connection: Connection, job: Job[InvitationMail], outcome: MailOutcome) -> None:
    """Store in the invitation what became of its mail."""
    await invitations.record_mail(connection, *_place(job), outcome)


def _place(job: Job[InvitationMail]) -> tuple[str, str]:
    return job.payload.team_id, job.payload.invitation_id


def _mail(letter: MailContent, link: str) -> Mail:
    texts, team = TEXTS[letter.language], without_links(letter.team)
    text = (texts.invitation_by if letter.inviter else texts.invitation).format(
        name=without_links(letter.first_name),
        inviter=without_links(letter.inviter or ""),
        team=team,
        link=link,
        until=texts.date(letter.expires_at),
    )
    name = without_links(full_name(letter.first_name, letter.last_name))
    return Mail(letter.email, name, texts.invitation_subject.format(team=team), text, link)
