"""Memberships: list them, lock them for a change, and remove them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, ColumnElement, bindparam, func, select, text

from db.core.connection import Connection
from db.core.paging import Definition, Rows, listing
from db.core.reach import any_of, within
from db.core.rows import columns_of
from db.core.statements import RowQuery, Statement
from db.core.timestamps import JsonTime, json_time
from db.people.member_columns import (
    EMAIL,
    FIRST_NAME,
    INVITED,
    LAST_NAME,
    LAST_USED,
    PENDING,
    STATUS,
    in_microseconds,
    invited_or_own,
)
from db.people.member_filters import MemberFilter, MemberReach, matching
from db.people.users import UserRow
from db.tables.groups import GroupMember
from db.tables.invitations import Invitation
from db.tables.people import Membership, Team, User
from db.tables.types import ID
from domain.described import Described
from domain.members import MemberStatus
from domain.reach import Reach
from domain.roles import Role


class MemberRow(NamedTuple):
    """A person in a team.

    While the membership is pending, `user` holds the names and the e-mail address that the inviter wrote, and the time
    at which the membership was created. It shows nothing of the account itself. Otherwise anybody who knows an address
    could invite it and learn whose it is.
    """

    id: str
    team_id: str
    role: Role
    status: MemberStatus
    joined_at: datetime | JsonTime
    user: UserRow
    external_id: str | None = None


class LockedMember(NamedTuple):
    """A locked membership: the person and their role."""

    user_id: str
    role: Role


class RemovedMember(NamedTuple):
    """A member who left a team, with the groups that they were in, and the requests for seats that went with them."""

    id: str
    group_ids: list[str]
    request_ids: list[str]


class MemberOrder(Described):
    """What the members of a team can be ordered by."""

    NAME = "name", "By last name, then by first name."
    EMAIL = "email", "By e-mail address; needs the right to read e-mail addresses."
    ROLE = "role", "By role: contract managers, then coordinators, then users; in each role by name."
    STATUS = "status", "By status: members, then people who are only invited; in each status by name."
    JOINED = "joined", "By the time at which the membership began, the oldest first."
    LAST_USED = (
        "last_used",
        "By the last use of any product of the team, people without any first; needs the right to read the usage.",
    )


MEMBERS = columns_of(
    MemberRow,
    Membership,
    status=STATUS,
    joined_at=json_time(Membership.created_at),
    user=columns_of(
        UserRow,
        User,
        email=EMAIL,
        first_name=FIRST_NAME,
        last_name=LAST_NAME,
        created_at=json_time(invited_or_own(Membership.created_at.expression, User.created_at.expression)),
    ),
)
LOCKED = columns_of(LockedMember, Membership)
BY_NAME = (Membership.name_key.expression, Membership.id.expression)
# Member ids are TypeIDs, so their order is the order of joining. The names of the roles and of the states have the
# order that `MemberOrder` describes.
ORDERS: dict[MemberOrder, list[ColumnElement[Any]]] = {
    MemberOrder.NAME: [*BY_NAME],
    MemberOrder.EMAIL: [func.lower(EMAIL), Membership.id.expression],
    MemberOrder.ROLE: [Membership.role.expression, *BY_NAME],
    MemberOrder.STATUS: [STATUS, *BY_NAME],
    MemberOrder.JOINED: [Membership.id.expression],
    MemberOrder.LAST_USED: [in_microseconds(LAST_USED), Membership.id.expression],
}

LOCK_TEAM = Statement(
    "lock_team", str, select(Team.id).where(Team.id == bindparam("team_id")).with_for_update(key_share=True)
)
MANAGERS = Statement(
    "managers",
    str,
    select(Membership.user_id).where(
        Membership.team_id == bindparam("team_id"), Membership.role == Role.CONTRACT_MANAGER, ~PENDING
    ),
)
REMOVE = Statement(
    "remove_members",
    RemovedMember,
    text("""
with gone as (
    delete from memberships where team_id = :team_id and user_id = any(:user_ids) returning team_id, user_id, id
), noted as (
    insert into removed_members (team_id, user_id) select team_id, user_id from gone order by user_id
    on conflict (team_id, user_id) do update set removed_at = excluded.removed_at
)
select gone.id,
       array(select g.group_id from group_members g where g.team_id = gone.team_id and g.user_id = gone.user_id)
           as group_ids,
       array(select r.id from seat_requests r where r.team_id = gone.team_id and r.user_id = gone.user_id)
           as request_ids
from gone
""").bindparams(bindparam("user_ids", type_=ARRAY(ID))),
)


@listing
def listed(reach: MemberReach, which: MemberFilter, order: MemberOrder, descending: bool) -> Definition[MemberRow]:
    """The members of a team within `reach.members`."""

    def rows(team_id: ColumnElement[str]) -> Rows:
        return of_memberships(reach.members).where(Membership.team_id == team_id, *matching(which, reach))

    return Definition(rows, ORDERS[order], MEMBERS, descending)


@listing
def of_group(reach: Reach) -> Definition[MemberRow]:
    """The members of a group within `reach`, ordered by name."""

    def rows(group_id: ColumnElement[str]) -> Rows:
        # Not exists(): SQLAlchemy would repeat the table of parents inside it, so that a row of any group would match.
        same_person = (GroupMember.team_id == Membership.team_id) & (GroupMember.user_id == Membership.user_id)
        return of_memberships(reach).join(GroupMember, same_person).where(GroupMember.group_id == group_id)

    return Definition(rows, ORDERS[MemberOrder.NAME], MEMBERS)


@listing
def memberships(reach: Reach, team_id: str | None) -> Definition[MemberRow]:
    """The memberships of a person within `reach`, in one team (None: in all), in the order of joining."""

    def rows(user_id: ColumnElement[str]) -> Rows:
        query = of_memberships(reach).where(Membership.user_id == user_id)
        return query if team_id is None else query.where(Membership.team_id == team_id)

    return Definition(rows, ORDERS[MemberOrder.JOINED], MEMBERS)


async def lock(connection: Connection, team_id: str, user_ids: Sequence[str]) -> dict[str, Role]:
    """Lock the memberships of these people in the order of their ids. Returns the role of each by user id.

    Invited people are included; people who are neither members nor invited are not. Two assignments for one person
    wait for each other here, so they cannot collide on the unique index, and nobody can be removed during an
    assignment. A stronger lock would make inserts with a foreign key to these rows wait.
    """
    return dict(await _LOCK.rows(connection, team_id, list(user_ids)))


async def last_managers(connection: Connection, team_id: str, leaving: Sequence[str]) -> list[str]:
    """The contract managers of a team, if all of them are in `leaving`; else an empty list.

    A team must keep a contract manager. An invited person does not count as one. The row of the team is locked first,
    so that two contract managers who remove each other at the same time cannot both succeed.
    """
    await LOCK_TEAM.run(connection, team_id=team_id)
    managers = set(await MANAGERS.rows(connection, team_id=team_id))
    return sorted(managers) if managers <= set(leaving) else []


async def remove(connection: Connection, team_id: str, user_ids: Sequence[str]) -> list[RemovedMember]:
    """Delete the memberships of these people in a team, and what belongs to these, and remember that.

    Their seats must have been freed before.
    """
    return await REMOVE.rows(connection, team_id=team_id, user_ids=list(user_ids))


def _by_ids(reach: Reach, ids: Sequence[str]) -> Rows:
    return of_memberships(reach).where(Membership.id == any_of(ids))


def of_memberships(reach: Reach) -> Rows:
    """A query of the memberships within `reach`, with their accounts and open invitations."""
    return (
        select()
        .select_from(Membership)
        .join(User, User.id == Membership.user_id)
        .outerjoin(Invitation, INVITED)
        .where(within(reach, Membership.team_id, Membership.user_id))
    )


def locking(team_id: str, user_ids: Sequence[str]) -> Rows:
    """Lock the memberships of these people, as `lock` does."""
    return (
        select()
        .where(Membership.team_id == team_id, Membership.user_id == any_of(user_ids))
        .order_by(Membership.user_id)
        .with_for_update(key_share=True)
    )


BY_IDS, _LOCK = RowQuery(MEMBERS, _by_ids), RowQuery(LOCKED, locking)
