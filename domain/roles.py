"""The roles that a person can have in a team."""

from enum import StrEnum


class Role(StrEnum):
    """The role of a person in one team. The same person may have different roles in different teams.

    Each role includes the roles above it in this list.
    """

    USER = "user"
    SOFTWARE_COORDINATOR = "software_coordinator"
    CONTRACT_MANAGER = "contract_manager"
