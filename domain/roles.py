"""The roles that a person can have in a team, and the one role outside of teams."""

from domain.described import DescribedText


class Role(DescribedText):
    """The role of a person in one team. The same person may have different roles in different teams.

    Each role includes the roles above it in this list.
    """

    USER = "user", "Uses the seats that they hold, and sees only themselves."
    SOFTWARE_COORDINATOR = "software_coordinator", "Manages the members, groups and seats of the team."
    CONTRACT_MANAGER = "contract_manager", "May do all that a coordinator may, and manages the other contract managers."


class Standing(DescribedText):
    """The role of a person in one team as the policy sees it: the role, or that a second factor is missing.

    A team may require a second factor of those who manage it. A manager who has not shown it is `unproven`.
    """

    USER = "user", "Has the role of a user."
    SOFTWARE_COORDINATOR = "software_coordinator", "Has the role of a coordinator."
    CONTRACT_MANAGER = "contract_manager", "Has the role of a contract manager."
    UNPROVEN_COORDINATOR = "unproven_coordinator", "Is a coordinator, and the second factor of the team is missing."
    UNPROVEN_MANAGER = "unproven_manager", "Is a contract manager, and the second factor of the team is missing."


_UNPROVEN = {
    Role.SOFTWARE_COORDINATOR: Standing.UNPROVEN_COORDINATOR,
    Role.CONTRACT_MANAGER: Standing.UNPROVEN_MANAGER,
}
_PROVEN = {unproven: Standing(role) for role, unproven in _UNPROVEN.items()}


def standing(role: Role, *, unproven: bool) -> Standing:
    """Return the standing of a person with this role. `unproven`: a second factor is required, and is missing."""
    return _UNPROVEN.get(role, Standing(role)) if unproven else Standing(role)


def proven(standing: str | None) -> Standing | None:
    """Return the standing that the second factor would give, or None if no second factor is missing."""
    return _PROVEN.get(Standing(standing)) if standing is not None else None


VENDOR = "vendor"
"""The role of the vendor's staff. It belongs to no team and gives no right in a team, so it is not a `Role`."""


def role_named(text: str) -> Role | None:
    """Return the role with this name; case, spaces, hyphens and underscores do not matter. None if there is none."""
    name = "".join(text.casefold().replace("-", " ").replace("_", " ").split())
    return next((role for role in Role if role.replace("_", "") == name), None)
