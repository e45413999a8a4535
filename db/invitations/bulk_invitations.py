"""The statements that invite many people at once: each is one, whatever their number."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, BindParameter, Text, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.core.reach import any_of
from db.core.statements import RowStatement
from db.tables.groups import Group
from db.tables.types import ID
from domain.roles import Role


class Newcomer(NamedTuple):
    """Somebody to be invited, with the ids that the rows made for them get."""

    user_id: str
    member_id: str
    invitation_id: str
    email: str
    first_name: str
    last_name: str
    role: Role


class Place(NamedTuple):
    """What is known of an e-mail address: its form without case, its account, and whether that is in the team."""

    folded: str
    user_id: str | None
    is_member: bool


class Made(NamedTuple):
    """An invitation that was made."""

    id: str
    user_id: str
    created_at: datetime
    expires_at: datetime


class NamedGroup(NamedTuple):
    """A group that has a name that was asked for."""

    name: str
    id: str


def _lists(*names: str, type_: Text | None = None) -> list[BindParameter[Any]]:
    return [bindparam(name, type_=ARRAY(type_ or Text())) for name in names]


# `lower` as the index has it: Python's keeps spellings apart that are one account here.
PLACES = RowStatement(
    Place,
    text("""
select lower(w.email) as folded, u.id as user_id, m.user_id is not null as is_member
from unnest(:emails) with ordinality as w (email, place)
left join users u on lower(u.email) = lower(w.email)
left join memberships m on m.team_id = :team_id and m.user_id = u.id
order by w.place
""").bindparams(*_lists("emails")),
)

# In one order everywhere, so that two who invite the same people do not wait for each other.
ACCOUNTS = text("""
insert into users (id, email, first_name, last_name)
select w.id, w.email, w.first_name, w.last_name
from unnest(:ids, :emails, :first_names, :last_names) as w (id, email, first_name, last_name)
order by lower(w.email)
on conflict (lower(email)) do nothing
""").bindparams(*_lists("ids", type_=ID), *_lists("emails", "first_names", "last_names"))

INVITE = RowStatement(
    Made,
    text("""
with people as (
    select * from unnest(
        :user_ids, :member_ids, :invitation_ids, :emails, :first_names, :last_names, :roles
    ) as w (user_id, member_id, invitation_id, email, first_name, last_name, role)
), joined as (
    insert into memberships (team_id, user_id, id, role, accepted_at)
    select cast(:team_id as text), user_id, member_id, role, null from people order by user_id
    on conflict (team_id, user_id) do nothing
    returning user_id
)
insert into invitations (team_id, id, user_id, email, first_name, last_name, role, invited_by, expires_at)
select cast(:team_id as text), invitation_id, user_id, email, first_name, last_name, role, cast(:by as text),
       cast(:expires_at as timestamptz)
from people where user_id in (select user_id from joined)
returning id, user_id, created_at, expires_at
""").bindparams(
        *_lists("user_ids", "member_ids", "invitation_ids", type_=ID),
        *_lists("emails", "first_names", "last_names", "roles"),
    ),
)

NAMED = RowStatement(
    NamedGroup,
    text("""
select w.name, g.id
from unnest(:names) as w (name)
join groups g on g.team_id = :team_id and lower(g.name) = lower(w.name)
""").bindparams(*_lists("names")),
)


async def places(connection: AsyncConnection, team_id: str, emails: Sequence[str]) -> list[Place]:
    """What is known of these e-mail addresses, in order."""
    return await PLACES.rows(connection, team_id=team_id, emails=list(emails))


async def open_accounts(connection: AsyncConnection, people: Sequence[Newcomer]) -> None:
    """An account without a password for each of these people whose address has none by now."""
    ids, emails = [one.user_id for one in people], [one.email for one in people]
    names = {"first_names": [one.first_name for one in people], "last_names": [one.last_name for one in people]}
    await connection.execute(ACCOUNTS, {"ids": ids, "emails": emails, **names})


async def invite(
    connection: AsyncConnection, team_id: str, people: Sequence[Newcomer], by: str, expires_at: datetime
) -> list[Made]:
    """Make these accounts pending members, each with an invitation; who is in the team by now gets none."""
    values = {
        "user_ids": [one.user_id for one in people],
        "member_ids": [one.member_id for one in people],
        "invitation_ids": [one.invitation_id for one in people],
        "emails": [one.email for one in people],
        "first_names": [one.first_name for one in people],
        "last_names": [one.last_name for one in people],
        "roles": [one.role for one in people],
    }
    return await INVITE.rows(connection, team_id=team_id, by=by, expires_at=expires_at, **values)


async def groups(connection: AsyncConnection, team_id: str, ids: Sequence[str]) -> set[str]:
    """Which of these are groups of the team."""
    query = select(Group.id).where(Group.team_id == team_id, Group.id == any_of(ids))
    return {row.id for row in await connection.execute(query)}


async def named(connection: AsyncConnection, team_id: str, names: Sequence[str]) -> dict[str, str]:
    """The team's groups of these names, whatever their case, by name."""
    return dict(await NAMED.rows(connection, team_id=team_id, names=list(names)))
