"""Which members of a team a list or a mutation is about."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, literal, not_

from db.core.reach import within
from db.core.searches import has_words
from db.people.member_columns import EMAIL_SEARCH, NAME_SEARCH, PENDING
from db.people.member_conditions import has_used, holds, is_in
from db.tables.invitations import Invitation
from db.tables.people import Membership
from db.tables.types import ID
from domain.members import MemberStatus
from domain.reach import Reach


class MemberFilter(NamedTuple):
    """Which members to find; every condition that is not None must hold.

    `search` is what `patterns` returns for the words of a search. `product_id` finds the members who hold a seat of it,
    and `mail_state` the people whose open invitation has a mail in this state. `not_used_since` finds those who have
    not used that product since then, or without a product, no product at all. Roles and states of mails are texts, so
    that the text of the statement does not vary with them.
    """

    search: str | None = None
    role: str | None = None
    without_role: str | None = None
    status: MemberStatus | None = None
    product_id: str | None = None
    without_product_id: str | None = None
    group_id: str | None = None
    without_group_id: str | None = None
    mail_state: str | None = None
    not_used_since: datetime | None = None


class MemberReach(NamedTuple):
    """One reach for each kind of data that a filter on members looks at.

    A filter on data outside the reach would reveal that data. So nobody outside of it is found, not even by a filter on
    what people do not have.
    """

    members: Reach
    emails: Reach
    seats: Reach
    groups: Reach
    usage: Reach


def matching(which: MemberFilter, reach: MemberReach) -> list[ColumnElement[bool]]:
    """The conditions of a filter on a query of memberships with their accounts and open invitations."""
    conditions = _on_memberships(which)
    if which.search is not None:
        conditions.append(_has_words(which.search, reach.emails))
    if which.product_id is not None:
        conditions.append(holds(which.product_id, reach.seats))
    if which.without_product_id is not None:
        conditions.append(and_(_readable(reach.seats), not_(holds(which.without_product_id, reach.seats))))
    if which.group_id is not None:
        conditions.append(is_in(which.group_id, reach.groups))
    if which.without_group_id is not None:
        in_group = is_in(which.without_group_id, reach.groups)
        conditions.append(and_(within(reach.groups, Membership.team_id), not_(in_group)))
    if which.not_used_since is not None:
        used = has_used(which.product_id, which.not_used_since)
        conditions.append(and_(_readable(reach.usage), not_(used)))
    return conditions


def _on_memberships(which: MemberFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if which.role is not None:
        conditions.append(Membership.role == which.role)
    if which.without_role is not None:
        conditions.append(Membership.role != which.without_role)
    if which.status is not None:
        conditions.append(PENDING if which.status is MemberStatus.PENDING else ~PENDING)
    if which.mail_state is not None:
        conditions.append(Invitation.mail_state == which.mail_state)
    return conditions


def _readable(reach: Reach) -> ColumnElement[bool]:
    """Whether what the member has or does lies within the reach."""
    return within(reach, Membership.team_id, Membership.user_id)


def _has_words(search: str, emails: Reach) -> ColumnElement[bool]:
    """Whether the name, or the e-mail address within `emails`, contains each word of the search."""
    # No word contains a space, so none is found where the name ends and the address begins.
    address = case((_readable(emails), literal(" ", ID).concat(EMAIL_SEARCH)), else_="")
    return has_words(NAME_SEARCH.concat(address), search)
