"""Teams and their members."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.paging import Definition, Rows, listing
from db.prepared import Prepared
from db.reach import any_of, within
from db.tables import Membership, Seat, Team, User
from db.users import COLUMNS as USER_COLUMNS
from db.users import UserRow
from domain.reach import Reach
from domain.roles import Role


class TeamRow(NamedTuple):
    """A team as the graph shows it."""

    id: str
    name: str
    separation_of_duties: bool


class MemberRow(NamedTuple):
    """A person in a team."""

    id: str
    team_id: str
    role: Role
    joined_at: datetime
    user: UserRow


class MemberOrder(Enum):
    """What a team's members can be ordered by."""

    NAME = "name"
    EMAIL = "email"
    JOINED = "joined"


class MemberFilter(NamedTuple):
    """Which members; `search` finds in names and e-mail addresses, `product_id` keeps those who hold a seat of it."""

    search: str | None = None
    role: Role | None = None
    product_id: str | None = None


TEAM_COLUMNS = (Team.id, Team.name, Team.separation_of_duties)
MEMBER_COLUMNS = (Membership.id, Membership.team_id, Membership.role, Membership.created_at)
# Member ids are TypeIDs, which sort by the time of joining.
ORDERS: dict[MemberOrder, list[ColumnElement[str]]] = {
    MemberOrder.NAME: [func.lower(User.last_name), func.lower(User.first_name), Membership.id.expression],
    MemberOrder.EMAIL: [func.lower(User.email), Membership.id.expression],
    MemberOrder.JOINED: [Membership.id.expression],
}


async def by_ids(connection: AsyncConnection, reach: Reach, ids: Sequence[str]) -> dict[str, TeamRow]:
    """Teams by id, those within `reach`."""
    return {row[0]: TeamRow._make(row) for row in await _BY_IDS.rows(connection, reach, list(ids))}


@listing
def listed(reach: Reach) -> Definition[TeamRow]:
    """The teams within `reach`, in the order in which they were made."""

    def rows(_: ColumnElement[str]) -> Rows:
        return select(*TEAM_COLUMNS).where(within(reach, Team.id))

    return Definition(rows, [Team.id.expression], TeamRow._make)


async def members_by_ids(connection: AsyncConnection, reach: Reach, ids: Sequence[str]) -> dict[str, MemberRow]:
    """Members by id, those within `reach`."""
    return {row[0]: _member(row) for row in await _MEMBERS_BY_IDS.rows(connection, reach, list(ids))}


@listing
def members(
    reach: Reach, emails: Reach, seats: Reach, which: MemberFilter, order: MemberOrder, descending: bool
) -> Definition[MemberRow]:
    """A team's members within `reach`.

    A search looks into e-mail addresses only within `emails`, and a filter by product at seats only within `seats`:
    finding by what may not be read would read it.
    """

    def rows(team_id: ColumnElement[str]) -> Rows:
        query = _members(reach).where(Membership.team_id == team_id)
        if which.search is not None:
            query = query.where(_matches(which.search, emails))
        if which.role is not None:
            query = query.where(Membership.role == which.role)
        if which.product_id is not None:
            query = query.where(_holds(which.product_id, seats))
        return query

    return Definition(rows, ORDERS[order], _member, descending)


@listing
def memberships(reach: Reach) -> Definition[MemberRow]:
    """A person's memberships within `reach`, in the order in which they joined."""

    def rows(user_id: ColumnElement[str]) -> Rows:
        return _members(reach).where(Membership.user_id == user_id)

    return Definition(rows, ORDERS[MemberOrder.JOINED], _member)


def _members(reach: Reach) -> Rows:
    return (
        select(*MEMBER_COLUMNS, *(column.label(f"user_{column.key}") for column in USER_COLUMNS))
        .join(User, User.id == Membership.user_id)
        .where(within(reach, Membership.team_id, Membership.user_id))
    )


def _member(values: Iterable[Any]) -> MemberRow:
    id_, team_id, role, joined_at, *user = values
    return MemberRow(id_, team_id, Role(role), joined_at, UserRow._make(user))


def _matches(search: str, emails: Reach) -> ColumnElement[bool]:
    # Not LIKE: nothing in a search is a wildcard.
    def found(text: ColumnElement[str]) -> ColumnElement[bool]:
        return func.strpos(func.lower(text), func.lower(search)) > 0

    name = func.concat(User.first_name, " ", User.last_name)
    return or_(found(name), found(User.email.expression) & within(emails, Membership.team_id, User.id))


def _holds(product_id: str, seats: Reach) -> ColumnElement[bool]:
    return exists().where(
        Seat.team_id == Membership.team_id,
        Seat.product_id == product_id,
        Seat.holder_id == Membership.user_id,
        within(seats, Seat.team_id, Seat.holder_id),
    )


def _by_ids(reach: Reach, ids: Sequence[str]) -> Rows:
    return select(*TEAM_COLUMNS).where(Team.id == any_of(ids), within(reach, Team.id))


def _members_by_ids(reach: Reach, ids: Sequence[str]) -> Rows:
    return _members(reach).where(Membership.id == any_of(ids))


_BY_IDS, _MEMBERS_BY_IDS = Prepared(_by_ids), Prepared(_members_by_ids)
