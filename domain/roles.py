"""The roles that a person can have in a team, and the one role outside of teams."""

from enum import StrEnum


class Role(StrEnum):
    """The role of a person in one team. The same person may have different roles in different teams.

    Each role includes the roles above it in this list.
    """

    USER = "user"
    SOFTWARE_COORDINATOR = "software_coordinator"
    CONTRACT_MANAGER = "contract_manager"


VENDOR = "vendor"
"""The role of the vendor's staff. It belongs to no team and gives no right in a team, so it is not a `Role`."""
