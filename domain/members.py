"""The words of members."""

from enum import Enum


class MemberStatus(Enum):
    """Whether a person is in the team, or has only been invited to it."""

    ACTIVE = "active"
    PENDING = "pending"


class InvitationStatus(Enum):
    """What became of an invitation: only an open one can be accepted, and one that has expired can be sent again."""

    OPEN = "open"
    EXPIRED = "expired"
    ACCEPTED = "accepted"
    REPLACED = "replaced"
