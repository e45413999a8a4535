"""The mail that invites somebody to a team."""

from sqlalchemy.ext.asyncio import AsyncConnection

from db.core.engine import commit, transaction
from db.invitations import invitations
from db.invitations.invitations import Letter
from db.queue.jobs import Job
from domain.credentials import CredentialKind, issue
from domain.mails import InvitationMail
from gateway.mail.message import Desk, Mail, unlinked

PAGE = "/invitations"


async def invited(desk: Desk, job: Job[InvitationMail]) -> Mail | None:
    """Invite them; nobody, when it was accepted, replaced or taken back meanwhile.

    Each attempt makes a new link, so that nothing secret lies in the queue: of a mail that went out twice, the later
    one counts.
    """
    token, credential = issue(CredentialKind.INVITATION)
    async with transaction(desk.engine) as connection:
        letter = await invitations.letter(connection, *_place(job), credential.token_hash)
        await commit(connection)
    if letter is None:
        return None
    # Behind a #, where no browser sends it to a server: it is in no log, and in no Referer.
    link = f"{desk.address}{PAGE}#{token}"
    name = f"{letter.first_name} {letter.last_name}"
    return Mail(letter.email, name, f"You are invited to {unlinked(letter.team)}", _text(letter, link), link)


async def sent(connection: AsyncConnection, job: Job[InvitationMail]) -> None:
    """Note when it went out."""
    await invitations.sent(connection, *_place(job))


def _place(job: Job[InvitationMail]) -> tuple[str, str]:
    return job.payload.team_id, job.payload.invitation_id


def _text(letter: Letter, link: str) -> str:
    inviter = unlinked(letter.inviter or "Somebody")
    return "\n".join(
        (
            f"Hello {unlinked(letter.first_name)},",
            "",
            f"{inviter} invites you to the team {unlinked(letter.team)}.",
            "Open this link to accept:",
            "",
            link,
            "",
            f"It can be used until {letter.expires_at:%d %B %Y}. If you did not expect it, do nothing.",
            "",
        )
    )
