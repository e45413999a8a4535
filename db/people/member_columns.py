"""What the statements about members read besides plain columns: names while people are invited, and the last use."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, extract, func, literal_column, select

from db.tables.invitations import Invitation
from db.tables.people import Membership, User
from db.tables.types import ID
from db.tables.usage import SeatUsage
from domain.members import MemberStatus

PENDING = Membership.accepted_at.is_(None)
INVITED = and_(
    PENDING,
    Invitation.team_id == Membership.team_id,
    Invitation.user_id == Membership.user_id,
    Invitation.accepted_at.is_(None),
    Invitation.revoked_at.is_(None),
)


def invited_or_own(invited: ColumnElement[Any], own: ColumnElement[Any]) -> ColumnElement[Any]:
    """The value from the invitation while the membership is pending, else the value from the account."""
    return case((PENDING, invited), else_=own)


FIRST_NAME = invited_or_own(func.coalesce(Invitation.first_name, ""), User.first_name.expression)
LAST_NAME = invited_or_own(func.coalesce(Invitation.last_name, ""), User.last_name.expression)
EMAIL = invited_or_own(func.coalesce(Invitation.email, ""), User.email.expression)
NAME_SEARCH = invited_or_own(func.coalesce(Invitation.name_search, ""), User.name_search.expression)
EMAIL_SEARCH = invited_or_own(func.coalesce(Invitation.email_search, ""), User.email_search.expression)
STATUS: ColumnElement[str] = case(
    (PENDING, literal_column(f"'{MemberStatus.PENDING.value}'", ID)),
    else_=literal_column(f"'{MemberStatus.ACTIVE.value}'", ID),
)
LAST_USED = (
    select(func.max(SeatUsage.last_used_at))
    .where(SeatUsage.team_id == Membership.team_id, SeatUsage.user_id == Membership.user_id)
    .correlate(Membership)
    .scalar_subquery()
)
"""When the member last used a product of the team, on any seat; null if never."""


def in_microseconds(moment: ColumnElement[Any]) -> ColumnElement[int]:
    """A time as a number, which a cursor can contain; null, before all times, as 0."""
    number = cast(extract("epoch", moment) * literal_column("1000000"), BigInteger)
    return func.coalesce(number, literal_column("0", BigInteger))
