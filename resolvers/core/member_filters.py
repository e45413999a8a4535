"""The filter on the members of a team, for lists and for mutations."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import strawberry

from db.core import searches
from db.people.member_filters import MemberFilter, MemberReach
from domain import text
from domain.actions import Action
from domain.mails import MailState
from domain.members import MemberStatus
from domain.problems import BadInput
from domain.reach import Reach
from domain.roles import Role

READ = (Action.MEMBERS_READ, Action.EMAILS_READ, Action.SEATS_READ, Action.GROUPS_READ, Action.USAGE_READ)


@dataclass
class MembersFilter:
    """Which members to find. Every condition that is given must hold.

    A condition on data that you may not read finds nobody, even if it is about what people do not have.
    """

    search: str | None = None
    role: Role | None = None
    without_role: Role | None = None
    status: MemberStatus | None = None
    product_id: strawberry.ID | None = None
    without_product_id: strawberry.ID | None = None
    group_id: strawberry.ID | None = None
    without_group_id: strawberry.ID | None = None
    mail_state: MailState | None = None
    not_used_since: datetime | None = None


def conditions(which: MembersFilter) -> MemberFilter:
    """The conditions of a filter, as the statements take them. Raises BadInput if the search is too long."""
    if which.search is not None and len(which.search) > text.MAX_LENGTH:
        raise BadInput(f"`search` must have at most {text.MAX_LENGTH} characters.")
    return MemberFilter(
        search=searches.patterns(which.search or ""),
        role=which.role and which.role.value,
        without_role=which.without_role and which.without_role.value,
        status=which.status,
        product_id=which.product_id,
        without_product_id=which.without_product_id,
        group_id=which.group_id,
        without_group_id=which.without_group_id,
        mail_state=which.mail_state and which.mail_state.value,
        not_used_since=which.not_used_since,
    )


def reaches(reach: Callable[[Action], Reach]) -> MemberReach:
    """The reaches of what a filter looks at."""
    return MemberReach(*map(reach, READ))
