"""Memberships: list them, lock them for a change, and remove them."""

from collections.abc import Sequence
from datetime import datetime
from types import NoneType
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    and_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    select,
    text,
)

from db.core.connection import Connection
from db.core.paging import Definition, Rows, listing
from db.core.reach import any_of, within
from db.core.rows import columns_of
from db.core.searches import has_words
from db.core.statements import RowQuery, Statement
from db.core.timestamps import JsonTime, json_time
from db.people.member_conditions import holds, is_in
from db.people.users import UserRow
from db.tables.groups import GroupMember
from db.tables.invitations import Invitation
from db.tables.people import Membership, Team, User
from db.tables.types import ID
from domain.described import Described
from domain.mails import MailState
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


class MemberOrder(Described):
    """What the members of a team can be ordered by."""

    NAME = "name", "By last name, then by first name."
    EMAIL = "email", "By e-mail address; needs the right to read e-mail addresses."
    JOINED = "joined", "By the time at which the membership began, the oldest first."


class MemberFilter(NamedTuple):
    """Which members to list; every condition that is not None must hold.

    `search` is what `patterns` returns for the words of a search. `product_id` finds the members who hold a seat of it,
    and `mail_state` the people whose open invitation has a mail in this state.
    """

    search: str | None = None
    role: Role | None = None
    status: MemberStatus | None = None
    product_id: str | None = None
    group_id: str | None = None
    mail_state: MailState | None = None


class MemberReach(NamedTuple):
    """One reach for each kind of data that a listing of members looks at.

    A filter on data outside the reach would reveal that data.
    """

    members: Reach
    emails: Reach
    seats: Reach
    groups: Reach


PENDING = Membership.accepted_at.is_(None)
INVITED = and_(
    PENDING,
    Invitation.team_id == Membership.team_id,
    Invitation.user_id == Membership.user_id,
    Invitation.accepted_at.is_(None),
    Invitation.revoked_at.is_(None),
)


def _invited_or_own(invited: ColumnElement[Any], own: ColumnElement[Any]) -> ColumnElement[Any]:
    """The value from the invitation while the membership is pending, else the value from the account."""
    return case((PENDING, invited), else_=own)


FIRST_NAME = _invited_or_own(func.coalesce(Invitation.first_name, ""), User.first_name.expression)
LAST_NAME = _invited_or_own(func.coalesce(Invitation.last_name, ""), User.last_name.expression)
EMAIL = _invited_or_own(func.coalesce(Invitation.email, ""), User.email.expression)
NAME_SEARCH = _invited_or_own(func.coalesce(Invitation.name_search, ""), User.name_search.expression)
EMAIL_SEARCH = _invited_or_own(func.coalesce(Invitation.email_search, ""), User.email_search.expression)
MEMBERS = columns_of(
    MemberRow,
    Membership,
    status=case(
        (PENDING, literal_column(f"'{MemberStatus.PENDING.value}'")),
        else_=literal_column(f"'{MemberStatus.ACTIVE.value}'"),
    ),
    joined_at=json_time(Membership.created_at),
    user=columns_of(
        UserRow,
        User,
        email=EMAIL,
        first_name=FIRST_NAME,
        last_name=LAST_NAME,
        created_at=json_time(_invited_or_own(Membership.created_at.expression, User.created_at.expression)),
    ),
)
LOCKED = columns_of(LockedMember, Membership)
# Member ids are TypeIDs, so their order is the order of joining.
ORDERS: dict[MemberOrder, list[ColumnElement[str]]] = {
    MemberOrder.NAME: [Membership.name_key.expression, Membership.id.expression],
    MemberOrder.EMAIL: [func.lower(EMAIL), Membership.id.expression],
    MemberOrder.JOINED: [Membership.id.expression],
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
    NoneType,
    text("""
with gone as (
    delete from memberships where team_id = :team_id and user_id = any(:user_ids) returning team_id, user_id
)
insert into removed_members (team_id, user_id) select team_id, user_id from gone order by user_id
on conflict (team_id, user_id) do update set removed_at = excluded.removed_at
""").bindparams(bindparam("user_ids", type_=ARRAY(ID))),
)


@listing
def listed(reach: MemberReach, which: MemberFilter, order: MemberOrder, descending: bool) -> Definition[MemberRow]:
    """The members of a team within `reach.members`."""

    def rows(team_id: ColumnElement[str]) -> Rows:
        query = _rows(reach.members).where(Membership.team_id == team_id)
        if which.search is not None:
            query = query.where(_matches(which.search, reach.emails))
        if which.role is not None:
            query = query.where(Membership.role == which.role)
        if which.status is not None:
            query = query.where(PENDING if which.status is MemberStatus.PENDING else ~PENDING)
        if which.product_id is not None:
            query = query.where(holds(which.product_id, reach.seats))
        if which.group_id is not None:
            query = query.where(is_in(which.group_id, reach.groups))
        if which.mail_state is not None:
            query = query.where(Invitation.mail_state == which.mail_state)
        return query

    return Definition(rows, ORDERS[order], MEMBERS, descending)


@listing
def of_group(reach: Reach) -> Definition[MemberRow]:
    """The members of a group within `reach`, ordered by name."""

    def rows(group_id: ColumnElement[str]) -> Rows:
        # Not exists(): SQLAlchemy would repeat the table of parents inside it, so that a row of any group would match.
        same_person = (GroupMember.team_id == Membership.team_id) & (GroupMember.user_id == Membership.user_id)
        return _rows(reach).join(GroupMember, same_person).where(GroupMember.group_id == group_id)

    return Definition(rows, ORDERS[MemberOrder.NAME], MEMBERS)


@listing
def memberships(reach: Reach) -> Definition[MemberRow]:
    """The memberships of a person within `reach`, in the order in which they joined the teams."""

    def rows(user_id: ColumnElement[str]) -> Rows:
        return _rows(reach).where(Membership.user_id == user_id)

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


async def remove(connection: Connection, team_id: str, user_ids: Sequence[str]) -> None:
    """Delete the memberships of these people in a team, and with them their group memberships, and remember that.

    Their seats must have been freed before.
    """
    await REMOVE.run(connection, team_id=team_id, user_ids=list(user_ids))


def _rows(reach: Reach) -> Rows:
    return (
        select()
        .select_from(Membership)
        .join(User, User.id == Membership.user_id)
        .outerjoin(Invitation, INVITED)
        .where(within(reach, Membership.team_id, Membership.user_id))
    )


def _matches(search: str, emails: Reach) -> ColumnElement[bool]:
    """Whether the name, or the e-mail address within `emails`, contains each word of the search."""
    # No word contains a space, so none is found where the name ends and the address begins.
    readable = within(emails, Membership.team_id, Membership.user_id)
    return has_words(NAME_SEARCH.concat(case((readable, literal(" ", ID).concat(EMAIL_SEARCH)), else_="")), search)


def _by_ids(reach: Reach, ids: Sequence[str]) -> Rows:
    return _rows(reach).where(Membership.id == any_of(ids))


def locking(team_id: str, user_ids: Sequence[str]) -> Rows:
    """Lock the memberships of these people, as `lock` does."""
    return (
        select()
        .where(Membership.team_id == team_id, Membership.user_id == any_of(user_ids))
        .order_by(Membership.user_id)
        .with_for_update(key_share=True)
    )


BY_IDS, _LOCK = RowQuery(MEMBERS, _by_ids), RowQuery(LOCKED, locking)
