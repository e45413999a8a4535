"""The mails that Usher sends, as kinds of jobs."""

from dataclasses import dataclass

from domain.jobs import JobKind


@dataclass(frozen=True)
class TrialMail:
    """A mail that shows whether mails arrive at the address `to`."""

    to: str

    @property
    def team_id(self) -> None:
        """A trial mail belongs to no team."""


@dataclass(frozen=True)
class InvitationMail:
    """A mail that invites a person to a team."""

    team_id: str
    invitation_id: str


@dataclass(frozen=True)
class RequestAnsweredMail:
    """A mail that tells a person how their request for a seat was answered."""

    team_id: str
    request_id: str


TRIAL = JobKind("trial", TrialMail)
INVITATION = JobKind("invitation", InvitationMail)
REQUEST_ANSWERED = JobKind("request_answered", RequestAnsweredMail)
