"""Memberships: read, locked while others act on them, and ended."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.paging import Definition, Rows, listing
from db.prepared import Prepared
from db.reach import any_of, within
from db.tables import Membership, Seat, Team, User
from db.users import COLUMNS as USER_COLUMNS
from db.users import UserRow
from domain.reach import Reach
from domain.roles import Role


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


COLUMNS = (Membership.id, Membership.team_id, Membership.role, Membership.created_at)
# Member ids are TypeIDs, which sort by the time of joining.
ORDERS: dict[MemberOrder, list[ColumnElement[str]]] = {
    MemberOrder.NAME: [func.lower(User.last_name), func.lower(User.first_name), Membership.id.expression],
    MemberOrder.EMAIL: [func.lower(User.email), Membership.id.expression],
    MemberOrder.JOINED: [Membership.id.expression],
}


async def by_ids(connection: AsyncConnection, reach: Reach, ids: Sequence[str]) -> dict[str, MemberRow]:
    """Members by id, those within `reach`."""
    return {row[0]: _row(row) for row in await _BY_IDS.rows(connection, reach, list(ids))}


@listing
def listed(
    reach: Reach, emails: Reach, seats: Reach, which: MemberFilter, order: MemberOrder, descending: bool
) -> Definition[MemberRow]:
    """A team's members within `reach`.

    A search looks into e-mail addresses only within `emails`, and a filter by product at seats only within `seats`:
    finding by what may not be read would read it.
    """

    def rows(team_id: ColumnElement[str]) -> Rows:
        query = _rows(reach).where(Membership.team_id == team_id)
        if which.search is not None:
            query = query.where(_matches(which.search, emails))
        if which.role is not None:
            query = query.where(Membership.role == which.role)
        if which.product_id is not None:
            query = query.where(_holds(which.product_id, seats))
        return query

    return Definition(rows, ORDERS[order], _row, descending)


@listing
def memberships(reach: Reach) -> Definition[MemberRow]:
    """A person's memberships within `reach`, in the order in which they joined."""

    def rows(user_id: ColumnElement[str]) -> Rows:
        return _rows(reach).where(Membership.user_id == user_id)

    return Definition(rows, ORDERS[MemberOrder.JOINED], _row)


async def lock(connection: AsyncConnection, team_id: str, user_ids: Sequence[str]) -> dict[str, Role]:
    """Lock the memberships of these people, in id order; the role of each who is a member.

    Two assignments of one person queue here instead of colliding on the unique index, and nobody is removed under an
    assignment. Not FOR UPDATE: foreign keys that point here must not wait.
    """
    query = (
        select(Membership.user_id, Membership.role)
        .where(Membership.team_id == team_id, Membership.user_id == any_of(user_ids))
        .order_by(Membership.user_id)
        .with_for_update(key_share=True)
    )
    return {row.user_id: Role(row.role) for row in await connection.execute(query)}


async def last_managers(connection: AsyncConnection, team_id: str, leaving: Sequence[str]) -> list[str]:
    """Which of these people must stay, because no contract manager would be left without them.

    The team's row is locked first: two contract managers who remove each other at the same time must not both succeed.
    """
    await connection.execute(select(Team.id).where(Team.id == team_id).with_for_update(key_share=True))
    query = select(Membership.user_id).where(Membership.team_id == team_id, Membership.role == Role.CONTRACT_MANAGER)
    managers = {row.user_id for row in await connection.execute(query)}
    return sorted(managers) if managers <= set(leaving) else []


async def remove(connection: AsyncConnection, team_id: str, user_ids: Sequence[str]) -> None:
    """Take these people out of a team, and so out of its groups. Their seats must be free already."""
    await connection.execute(
        delete(Membership).where(Membership.team_id == team_id, Membership.user_id == any_of(user_ids))
    )


def _rows(reach: Reach) -> Rows:
    return (
        select(*COLUMNS, *(column.label(f"user_{column.key}") for column in USER_COLUMNS))
        .join(User, User.id == Membership.user_id)
        .where(within(reach, Membership.team_id, Membership.user_id))
    )


def _row(values: Iterable[Any]) -> MemberRow:
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
    return _rows(reach).where(Membership.id == any_of(ids))


_BY_IDS = Prepared(_by_ids)
