"""The roles a person may hold in a team."""

from enum import StrEnum


class Role(StrEnum):
    """What a person is in one team; the same person may hold different roles in different teams.

    Each role includes the ones above it in this list.
    """

    USER = "user"
    SOFTWARE_COORDINATOR = "software_coordinator"
    CONTRACT_MANAGER = "contract_manager"
