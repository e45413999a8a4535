"""The roles that a person can have in a team, and the one role outside of teams."""

from domain.described import DescribedText


class Role(DescribedText):
    """The role of a person in one team. The same person may have different roles in different teams.

    Each role includes the roles above it in this list.
    """

    USER = "user", "Uses the seats that they hold, and sees only themselves."
    SOFTWARE_COORDINATOR = "software_coordinator", "Manages the members, groups and seats of the team."
    CONTRACT_MANAGER = "contract_manager", "May do all that a coordinator may, and manages the other contract managers."


VENDOR = "vendor"
"""The role of the vendor's staff. It belongs to no team and gives no right in a team, so it is not a `Role`."""


def role_named(text: str) -> Role | None:
    """Return the role with this name; case, spaces, hyphens and underscores do not matter. None if there is none."""
    name = "".join(text.casefold().replace("-", " ").replace("_", " ").split())
    return next((role for role in Role if role.replace("_", "") == name), None)
