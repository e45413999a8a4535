"""Statements that invite many people at once: each is one statement, whatever the number of people."""

from collections.abc import Sequence
from datetime import datetime
from types import NoneType
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, BindParameter, Text, bindparam, select, text

from db.core.connection import Connection
from db.core.reach import any_of
from db.core.statements import Statement
from db.core.text_keys import TEXT_VERSION, person_keys
from db.tables.groups import Group
from db.tables.types import ID
from domain.roles import Role
from domain.text import fold


class Newcomer(NamedTuple):
    """A person to invite, with the ids of the rows to insert for them."""

    user_id: str
    member_id: str
    invitation_id: str
    email: str
    first_name: str
    last_name: str
    role: Role


class KnownAddress(NamedTuple):
    """What the database knows about an e-mail address.

    `folded` is the address in lower case, `user_id` is its account, and `is_member` says whether the account is in the
    team, or invited to it. `removed_at` is when it was removed from the team, if it was and is not in it.
    """

    folded: str
    user_id: str | None
    is_member: bool
    removed_at: datetime | None


class CreatedInvitation(NamedTuple):
    """An invitation that `invite` inserted."""

    id: str
    user_id: str
    created_at: datetime
    expires_at: datetime


class NamedGroup(NamedTuple):
    """A group that has one of the given names; `name` is the name as given."""

    name: str
    id: str


KEYS = ("name_keys", "name_searches", "email_searches")
VERSION = bindparam("version", TEXT_VERSION, type_=ID)


def _arrays(*names: str, type_: Text | None = None) -> list[BindParameter[Any]]:
    return [bindparam(name, type_=ARRAY(type_ or Text())) for name in names]


# Lowered by PostgreSQL, as in the unique index: Python's `lower` differs for some letters.
KNOWN_ADDRESSES = Statement(
    "known_addresses",
    KnownAddress,
    text("""
select lower(w.email) as folded, u.id as user_id, m.user_id is not null as is_member,
       case when m.user_id is null then r.removed_at end as removed_at
from unnest(:emails) with ordinality as w (email, place)
left join users u on lower(u.email) = lower(w.email)
left join memberships m on m.team_id = :team_id and m.user_id = u.id
left join removed_members r on r.team_id = :team_id and r.user_id = u.id
order by w.place
""").bindparams(*_arrays("emails")),
)

# Always inserted in the same order, so that two transactions that invite the same people cannot deadlock.
OPEN_ACCOUNTS = Statement(
    "open_accounts",
    NoneType,
    text("""
insert into users (id, email, first_name, last_name, name_key, name_search, email_search, text_version, language)
select w.*, cast(:version as text), (select language from teams where id = :team_id)
from unnest(:ids, :emails, :first_names, :last_names, :name_keys, :name_searches, :email_searches)
    as w (id, email, first_name, last_name, name_key, name_search, email_search)
order by lower(w.email)
on conflict (lower(email)) do nothing
""").bindparams(*_arrays("ids", *KEYS, type_=ID), *_arrays("emails", "first_names", "last_names"), VERSION),
)

# The membership gets its key here too: so the trigger that compares it with the invitation need not write it again.
INVITE = Statement(
    "invite",
    CreatedInvitation,
    text("""
with people as (
    select * from unnest(
        :user_ids, :member_ids, :invitation_ids, :emails, :first_names, :last_names, :roles, :name_keys, :name_searches,
        :email_searches
    ) as w (
        user_id, member_id, invitation_id, email, first_name, last_name, role, name_key, name_search, email_search
    )
), joined as (
    insert into memberships (team_id, user_id, id, role, accepted_at, name_key)
    select cast(:team_id as text), user_id, member_id, role, null, name_key from people order by user_id
    on conflict (team_id, user_id) do nothing
    returning user_id
), returned as (
    delete from removed_members where team_id = :team_id and user_id in (select user_id from joined)
)
insert into invitations (
    team_id, id, user_id, email, first_name, last_name, role, invited_by, expires_at, name_key, name_search,
    email_search, text_version
)
select cast(:team_id as text), invitation_id, user_id, email, first_name, last_name, role, cast(:by as text),
       cast(:expires_at as timestamptz), name_key, name_search, email_search, cast(:version as text)
from people where user_id in (select user_id from joined)
returning id, user_id, created_at, expires_at
""").bindparams(
        *_arrays("user_ids", "member_ids", "invitation_ids", *KEYS, type_=ID),
        *_arrays("emails", "first_names", "last_names", "roles"),
        VERSION,
    ),
)

GROUPS_BY_NAME = Statement(
    "groups_by_name",
    NamedGroup,
    text("""
select w.name, g.id
from unnest(:names, :folds) as w (name, fold)
join groups g on g.team_id = :team_id and g.name_fold = w.fold
""").bindparams(*_arrays("names"), *_arrays("folds", type_=ID)),
)

EXISTING_GROUPS = Statement(
    "existing_groups",
    str,
    select(Group.id).where(
        Group.team_id == bindparam("team_id"), Group.id == any_of(bindparam("ids", type_=ARRAY(ID)))
    ),
)


async def known_addresses(connection: Connection, team_id: str, emails: Sequence[str]) -> list[KnownAddress]:
    """What the database knows about each of these e-mail addresses, in the order of the list."""
    return await KNOWN_ADDRESSES.rows(connection, team_id=team_id, emails=list(emails))


async def open_accounts(connection: Connection, team_id: str, people: Sequence[Newcomer]) -> None:
    """Create an account without a password for each of these people whose address has no account yet.

    It has the language of the team, until the person chooses another one.
    """
    ids, emails = [one.user_id for one in people], [one.email for one in people]
    names = {"first_names": [one.first_name for one in people], "last_names": [one.last_name for one in people]}
    await OPEN_ACCOUNTS.run(connection, team_id=team_id, ids=ids, emails=emails, **names, **_keys(people))


async def invite(
    connection: Connection, team_id: str, people: Sequence[Newcomer], by: str, expires_at: datetime
) -> list[CreatedInvitation]:
    """Make these accounts pending members, each with an invitation, and return the invitations.

    A person who joined or was invited meanwhile gets no invitation.
    """
    values = {
        "user_ids": [one.user_id for one in people],
        "member_ids": [one.member_id for one in people],
        "invitation_ids": [one.invitation_id for one in people],
        "emails": [one.email for one in people],
        "first_names": [one.first_name for one in people],
        "last_names": [one.last_name for one in people],
        "roles": [one.role for one in people],
    }
    return await INVITE.rows(connection, team_id=team_id, by=by, expires_at=expires_at, **values, **_keys(people))


def _keys(people: Sequence[Newcomer]) -> dict[str, list[str]]:
    """The keys of the names and addresses, each kind as an array."""
    keys = [person_keys(one.first_name, one.last_name, one.email) for one in people]
    columns = ("name_key", "name_search", "email_search")
    return {array: [one[column] for one in keys] for array, column in zip(KEYS, columns, strict=True)}


async def existing_groups(connection: Connection, team_id: str, ids: Sequence[str]) -> set[str]:
    """Which of these ids are groups of the team."""
    return set(await EXISTING_GROUPS.rows(connection, team_id=team_id, ids=list(ids)))


async def groups_by_name(connection: Connection, team_id: str, names: Sequence[str]) -> dict[str, str]:
    """The ids of the team's groups with these names, by the name as given. Names with one folded form are equal."""
    folds = [fold(name) for name in names]
    return dict(await GROUPS_BY_NAME.rows(connection, team_id=team_id, names=list(names), folds=folds))
