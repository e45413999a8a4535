"""Accounts: by id, by e-mail, and new ones."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from db.core.paging import Rows
from db.core.reach import any_of, mine, within
from db.core.rows import by_id, columns_of, only
from db.core.statements import RowQuery, RowStatement
from db.core.timestamps import Written, written
from db.tables.invitations import Invitation
from db.tables.people import Membership, User
from domain.reach import Reach


class UserRow(NamedTuple):
    """An account as the graph shows it."""

    id: str
    email: str
    first_name: str
    last_name: str
    created_at: datetime | Written


class Address(NamedTuple):
    """The e-mail address of an account."""

    id: str
    email: str


class Credentials(NamedTuple):
    """What a sign-in is checked against; `password_hash` is None for an account without a password."""

    user: UserRow
    password_hash: str | None


class Stub(NamedTuple):
    """An account that nobody has opened: whether it is invited to a team, and whether it is in one."""

    id: str
    is_invited: bool
    is_member: bool


STUB = RowStatement(
    Stub,
    text("""
select u.id, coalesce(bool_or(m.accepted_at is null) filter (where m.user_id is not null), false) as is_invited,
       coalesce(bool_or(m.accepted_at is not null) filter (where m.user_id is not null), false) as is_member
from users u left join memberships m on m.user_id = u.id
where lower(u.email) = lower(:email) and u.password_hash is null
group by u.id
"""),
)

USERS = columns_of(UserRow, User, created_at=written(User.created_at))
CREDENTIALS = columns_of(Credentials, User, user=USERS)
EMAILS = columns_of(Address, User)


async def by_ids(connection: AsyncConnection, reach: Reach, ids: Sequence[str]) -> dict[str, UserRow]:
    """Accounts by id: those with a membership within `reach`, and always one's own.

    An invitation opens only an account that nobody has opened, and that is called as the invitation says: it must not
    show whose an older one is, nor what another team wrote.
    """
    return by_id(await _BY_IDS.rows(connection, reach, list(ids)))


async def emails(connection: AsyncConnection, reach: Reach, ids: Sequence[str]) -> dict[str, str]:
    """E-mail addresses by account: with a membership or an invitation within `reach`, and always one's own."""
    return dict(await _EMAILS.rows(connection, reach, list(ids)))


async def credentials(connection: AsyncConnection, email: str) -> Credentials | None:
    """The account of this e-mail address, whatever its case; None when there is none."""
    query = select().where(func.lower(User.email) == func.lower(email))
    return only(await CREDENTIALS.read(connection, query))


async def create(connection: AsyncConnection, user: UserRow, password_hash: str) -> bool:
    """A new account; False when the e-mail address is taken, whatever its case."""
    statement = (
        upsert(User)
        .values(**user._asdict(), password_hash=password_hash)
        .on_conflict_do_nothing(index_elements=[func.lower(User.email)])
        .returning(User.id)
    )
    return (await connection.execute(statement)).one_or_none() is not None


async def stub(connection: AsyncConnection, email: str) -> Stub | None:
    """The account of this e-mail address, if it has no password."""
    return only(await STUB.rows(connection, email=email))


async def claim(
    connection: AsyncConnection, id_: str, password_hash: str, first_name: str, last_name: str
) -> UserRow | None:
    """Open an account that was made for somebody; None when it has a password by now."""
    statement = (
        update(User)
        .where(User.id == id_, User.password_hash.is_(None))
        .values(password_hash=password_hash, first_name=first_name, last_name=last_name)
    )
    return only(await USERS.read(connection, statement))


async def of(connection: AsyncConnection, id_: str) -> UserRow:
    """An account, whoever asks."""
    [user] = await USERS.read(connection, select().where(User.id == id_))
    return user


def _by_ids(reach: Reach, ids: Sequence[str]) -> Rows:
    readable = (mine(reach, User.id), _member(reach, Membership.accepted_at.is_not(None)), _invited(reach))
    return select().where(User.id == any_of(ids), or_(*readable))


def _emails(reach: Reach, ids: Sequence[str]) -> Rows:
    return select().where(User.id == any_of(ids), or_(mine(reach, User.id), _member(reach)))


def _member(reach: Reach, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    of_theirs = Membership.user_id == User.id
    return exists().where(of_theirs, within(reach, Membership.team_id, Membership.user_id), *conditions)


def _invited(reach: Reach) -> ColumnElement[bool]:
    here = (Invitation.user_id == User.id, within(reach, Invitation.team_id, Invitation.user_id))
    is_open = (Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
    called = (Invitation.first_name == User.first_name, Invitation.last_name == User.last_name)
    return User.password_hash.is_(None) & exists().where(*here, *is_open, *called)


_BY_IDS, _EMAILS = RowQuery(USERS, _by_ids), RowQuery(EMAILS, _emails)
