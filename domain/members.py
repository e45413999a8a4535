"""The words of members."""

from enum import Enum


class MemberStatus(Enum):
    """Whether a person is in the team, or has only been invited to it."""

    ACTIVE = "active"
    PENDING = "pending"
