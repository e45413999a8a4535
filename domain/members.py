"""The states of members and of invitations."""

from datetime import timedelta

from domain.described import Described

INVITATION_TERM = timedelta(days=30)
"""How long a person can use the link of an invitation."""


class MemberStatus(Described):
    """Whether a person is in the team, or is only invited to it."""

    ACTIVE = "active", "The person is in the team."
    PENDING = "pending", "The person is invited and has not accepted yet. They can hold seats, but may do nothing."


class InvitationStatus(Described):
    """The state of an invitation. Only an open invitation can be accepted. An expired one can be sent again."""

    OPEN = "open", "The link in the mail can be used."
    EXPIRED = "expired", f"The link is older than {INVITATION_TERM.days} days; `resendInvitation` sends a new one."
    ACCEPTED = "accepted", "The person has accepted the invitation and is in the team."
    REPLACED = "replaced", "The invitation was sent again. Only the newer invitation can be accepted."
