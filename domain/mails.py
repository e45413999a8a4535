"""The mails that Usher sends, as kinds of jobs, what becomes of them, and the pauses between mails to one address."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from domain.described import DescribedText
from domain.jobs import JobKind

MAX_REASON = 500
"""The most characters of the stored reason why a mail was refused."""


class MailState(DescribedText):
    """What became of a mail that Usher sends."""

    QUEUED = (
        "queued",
        "The mail waits to be sent. If the mail server cannot take it, it is tried again for several days.",
    )
    SENT = "sent", "The mail server has taken the mail. It may still fail to reach the person."
    REFUSED = "refused", "The mail server refused the mail, or could not take it for days. It is not tried again."
    DROPPED = "dropped", "When the mail was to be sent, nobody needed it any more."


@dataclass(frozen=True)
class MailOutcome:
    """The final state of a mail. A refused mail has a reason: one line of at most `MAX_REASON` characters."""

    state: MailState
    reason: str | None = None


class MailPurpose(Enum):
    """The reason for a mail that somebody lets Usher send to an address, which may belong to another person.

    Each purpose has its own pause: otherwise a sign-up, which needs no account, would show who was just invited.
    """

    INVITATION = "invitation"
    SIGN_UP = "sign up"

    @property
    def pause(self) -> timedelta:
        """The shortest time between two mails to one address."""
        return timedelta(minutes=5) if self is MailPurpose.INVITATION else timedelta(minutes=1)

    @property
    def longest_delay(self) -> timedelta:
        """How long a mail may have to wait for other mails to the same address."""
        return timedelta(hours=1)


@dataclass(frozen=True)
class TrialMail:
    """A mail that shows whether mails arrive at the address `to`."""

    to: str

    @property
    def team_id(self) -> None:
        """A trial mail belongs to no team."""

    @property
    def about_id(self) -> None:
        """A trial mail is about nothing."""


@dataclass(frozen=True)
class InvitationMail:
    """A mail that invites a person to a team."""

    team_id: str
    invitation_id: str

    @property
    def about_id(self) -> str:
        """The invitation."""
        return self.invitation_id


@dataclass(frozen=True)
class SignUpMail:
    """A mail with the link that ends a sign-up, or that says that the address has an account already."""

    sign_up_id: str

    @property
    def team_id(self) -> None:
        """A sign-up belongs to no team."""

    @property
    def about_id(self) -> str:
        """The sign-up."""
        return self.sign_up_id


@dataclass(frozen=True)
class RequestAnsweredMail:
    """A mail that tells a person how their request for a seat was answered."""

    team_id: str
    request_id: str

    @property
    def about_id(self) -> str:
        """The request."""
        return self.request_id


@dataclass(frozen=True)
class TokenEndingMail:
    """A mail that tells the grantor of a partner token that it ends soon."""

    team_id: str
    token_id: str

    @property
    def about_id(self) -> str:
        """The token."""
        return self.token_id


TRIAL = JobKind("trial", TrialMail)
INVITATION = JobKind("invitation", InvitationMail)
SIGN_UP = JobKind("sign_up", SignUpMail)
REQUEST_ANSWERED = JobKind("request_answered", RequestAnsweredMail)
TOKEN_ENDING = JobKind("token_ending", TokenEndingMail)
