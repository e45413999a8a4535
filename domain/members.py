"""The words of members."""

from datetime import timedelta

from domain.described import Described

INVITATION_TERM = timedelta(days=30)
"""How long the link of an invitation can be used."""


class MemberStatus(Described):
    """Whether a person is in the team, or has only been invited to it."""

    ACTIVE = "active", "The person is in the team."
    PENDING = "pending", "The person is invited and has not accepted yet. They may hold seats, and may do nothing."


class InvitationStatus(Described):
    """The state of an invitation: only an open one can be accepted, and an expired one can be sent again."""

    OPEN = "open", "The link in the mail can be used."
    EXPIRED = "expired", f"The link is older than {INVITATION_TERM.days} days; `resendInvitation` sends a new one."
    ACCEPTED = "accepted", "The person has accepted it, and is in the team."
    REPLACED = "replaced", "The invitation was sent again; only the newer one can be accepted."
