"""Conditions on members that look into other tables."""

from datetime import datetime

from sqlalchemy import ColumnElement, exists

from db.core.reach import within
from db.tables.groups import GroupMember
from db.tables.people import Membership
from db.tables.seats import Seat
from db.tables.usage import SeatUsage
from domain.reach import Reach


def holds(product_id: str, seats: Reach) -> ColumnElement[bool]:
    """The member holds a seat of the product within `seats`."""
    return exists().where(
        Seat.team_id == Membership.team_id,
        Seat.product_id == product_id,
        Seat.holder_id == Membership.user_id,
        within(seats, Seat.team_id, Seat.holder_id),
    )


def is_in(group_id: str, groups: Reach) -> ColumnElement[bool]:
    """The member is in the group, which is within `groups`."""
    return exists().where(
        GroupMember.team_id == Membership.team_id,
        GroupMember.group_id == group_id,
        GroupMember.user_id == Membership.user_id,
        within(groups, GroupMember.team_id),
    )


def has_used(product_id: str | None, since: datetime) -> ColumnElement[bool]:
    """The member has used the product, or any product of the team, since then; whichever seat it was on."""
    used = exists().where(
        SeatUsage.team_id == Membership.team_id,
        SeatUsage.user_id == Membership.user_id,
        SeatUsage.last_used_at >= since,
    )
    if product_id is None:
        return used
    return used.where(Seat.team_id == SeatUsage.team_id, Seat.id == SeatUsage.seat_id, Seat.product_id == product_id)
