"""Accounts: find them by id or e-mail address, and create them."""

from collections.abc import Sequence
from datetime import datetime
from types import NoneType
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, case, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from db.core.connection import Connection
from db.core.paging import Rows
from db.core.reach import any_of, is_own, within
from db.core.rows import by_id, columns_of
from db.core.statements import RowQuery, Statement
from db.core.text_keys import person_keys
from db.core.timestamps import JsonTime, json_time
from db.tables.invitations import Invitation
from db.tables.people import Membership, User
from domain.languages import Language
from domain.reach import Reach


class UserRow(NamedTuple):
    """An account as the graph shows it."""

    id: str
    email: str
    first_name: str
    last_name: str
    created_at: datetime | JsonTime


class AccountEmail(NamedTuple):
    """The e-mail address of an account."""

    id: str
    email: str


class Credentials(NamedTuple):
    """An account with its password hash, which is None while the account has no password."""

    user: UserRow
    password_hash: str | None


USERS = columns_of(UserRow, User, created_at=json_time(User.created_at))
CREDENTIALS = columns_of(Credentials, User, user=USERS)
EMAILS = columns_of(AccountEmail, User)

CREDENTIALS_BY_EMAIL = Statement(
    "credentials_by_email",
    Credentials,
    select(*CREDENTIALS).where(
        func.lower(User.email) == func.lower(bindparam("email")), User.email_verified_at.is_not(None)
    ),
)
# An account that nobody verified belongs to the holder of a link to its address.
CLAIMABLE = or_(User.password_hash.is_(None), User.email_verified_at.is_(None))
KEYS = tuple(person_keys("", "", ""))
# The account keeps its address, in whatever case, so these are the keys of its new names.
NAME_KEYS = ("name_key", "name_search")
NEW = upsert(User).values(
    {name: bindparam(name) for name in ("id", "email", "first_name", "last_name", "password_hash", "language", *KEYS)}
    | {"email_verified_at": func.now(), "password_known": bindparam("password_known")}
)
CLAIM = Statement(
    "claim_account",
    UserRow,
    NEW.on_conflict_do_update(
        index_elements=[func.lower(User.email)],
        set_={
            name: NEW.excluded[name]
            for name in (
                *("first_name", "last_name", "password_hash", "password_known", "email_verified_at", "language"),
                *NAME_KEYS,
            )
        },
        where=CLAIMABLE,
    ).returning(*USERS),
)
OPEN_ACCOUNT = Statement(
    "open_account",
    UserRow,
    update(User)
    .where(User.id == bindparam("id"), CLAIMABLE)
    .values({name: bindparam(name) for name in ("password_hash", "first_name", "last_name", *NAME_KEYS)})
    .values(email_verified_at=func.now(), password_known=True)
    .returning(*USERS),
)
SET_PASSWORD = Statement(
    "set_password",
    UserRow,
    update(User)
    .where(User.id == bindparam("id"))
    .values(
        password_hash=bindparam("password_hash"),
        password_known=True,
        email_verified_at=func.coalesce(User.email_verified_at, func.now()),
    )
    .returning(*USERS),
)
# An account without a password stays one: the holder of a link to its address may open it. The row is locked anyway.
REPLACE_PASSWORD = Statement(
    "replace_password",
    NoneType,
    update(User)
    .where(User.id == bindparam("id"))
    .values(password_hash=case((User.password_hash.is_not(None), bindparam("password_hash"))), password_known=False),
)
FILL_PASSWORD = Statement(
    "fill_password",
    NoneType,
    update(User)
    .where(User.id == bindparam("id"), User.password_hash.is_(None))
    .values(password_hash=bindparam("password_hash"), password_known=False),
)
LOCK = Statement("lock_account", str, select(User.id).where(User.id == bindparam("id")).with_for_update(key_share=True))
ID_OF = Statement("user_id", str, select(User.id).where(func.lower(User.email) == func.lower(bindparam("email"))))
HAS_PASSWORD = Statement(
    "has_password",
    str,
    select(User.id).where(User.id == bindparam("id"), User.password_hash == bindparam("password_hash")),
)
GET = Statement("get_user", UserRow, select(*USERS).where(User.id == bindparam("id")))


async def by_ids(connection: Connection, reach: Reach, ids: Sequence[str]) -> dict[str, UserRow]:
    """The accounts that the actor may read, by id: their own, and those with an accepted membership within `reach`.

    An open invitation within `reach` also makes an account readable, but only if the account has no password and has
    the names that the invitation states. Otherwise an invitation would reveal the owner of an existing account, or the
    names that another team wrote.
    """
    return by_id(await BY_IDS.rows(connection, reach, list(ids)))


async def emails(connection: Connection, reach: Reach, ids: Sequence[str]) -> dict[str, str]:
    """The e-mail addresses that the actor may read, by account id.

    These are their own, and those of accounts with a membership within `reach`, pending or accepted.
    """
    return dict(await _EMAILS.rows(connection, reach, list(ids)))


async def credentials(connection: Connection, email: str) -> Credentials | None:
    """The verified account with this e-mail address, in any case; None if there is no such account."""
    return await CREDENTIALS_BY_EMAIL.row(connection, email=email)


async def claim(
    connection: Connection,
    id_: str,
    email: str,
    password_hash: str,
    names: tuple[str, str],
    language: Language,
    *,
    password_known: bool = True,
) -> UserRow | None:
    """Open an account for the owner of an e-mail address, or hand over one that nobody has verified.

    Returns None if a verified account has the address, in any case. The caller must have seen a link to the address.
    `password_known`: the hash is not that of a random password.
    """
    first_name, last_name = names
    values = {"email": email, "first_name": first_name, "last_name": last_name, "language": language}
    password = {"password_hash": password_hash, "password_known": password_known}
    return await CLAIM.row(connection, id=id_, **password, **values, **person_keys(*names, email))


async def open_account(
    connection: Connection, id_: str, password_hash: str, first_name: str, last_name: str
) -> UserRow | None:
    """Set the password and the names of an account that nobody has verified. Returns None if somebody has.

    The caller must have seen a link to its address.
    """
    values = {"password_hash": password_hash, "first_name": first_name, "last_name": last_name}
    keys = person_keys(first_name, last_name, "")
    return await OPEN_ACCOUNT.row(connection, id=id_, **values, **{name: keys[name] for name in NAME_KEYS})


async def set_password(connection: Connection, id_: str, password_hash: str) -> UserRow:
    """Set the password of an account, which is verified from then on."""
    [user] = await SET_PASSWORD.rows(connection, id=id_, password_hash=password_hash)
    return user


async def replace_password(connection: Connection, id_: str, password_hash: str) -> None:
    """Replace the password of an account, if it has one, by one that nobody knows."""
    await REPLACE_PASSWORD.run(connection, id=id_, password_hash=password_hash)


async def fill_password(connection: Connection, id_: str, password_hash: str) -> None:
    """Set the password of an account if it has none, to one that nobody knows."""
    await FILL_PASSWORD.run(connection, id=id_, password_hash=password_hash)


async def lock(connection: Connection, id_: str) -> None:
    """Let changes of this account wait for each other, until the transaction ends. Sessions may still begin."""
    await LOCK.row(connection, id=id_)


async def has_password(connection: Connection, id_: str, password_hash: str) -> bool:
    """Whether the account has this password hash."""
    return await HAS_PASSWORD.row(connection, id=id_, password_hash=password_hash) is not None


async def id_of(connection: Connection, email: str) -> str | None:
    """The id of the account with this e-mail address, in any case, verified or not; None if there is none."""
    return await ID_OF.row(connection, email=email)


async def get(connection: Connection, id_: str) -> UserRow:
    """The account with this id. Checks no reach."""
    [user] = await GET.rows(connection, id=id_)
    return user


def _by_ids(reach: Reach, ids: Sequence[str]) -> Rows:
    readable = (
        is_own(reach, User.id),
        _has_membership(reach, Membership.accepted_at.is_not(None)),
        _has_matching_invitation(reach),
    )
    return select().where(User.id == any_of(ids), or_(*readable))


def _emails(reach: Reach, ids: Sequence[str]) -> Rows:
    return select().where(User.id == any_of(ids), or_(is_own(reach, User.id), _has_membership(reach)))


def _has_membership(reach: Reach, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    same_person = Membership.user_id == User.id
    return exists().where(same_person, within(reach, Membership.team_id, Membership.user_id), *conditions)


def _has_matching_invitation(reach: Reach) -> ColumnElement[bool]:
    same_person = (Invitation.user_id == User.id, within(reach, Invitation.team_id, Invitation.user_id))
    is_open = (Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
    same_names = (Invitation.first_name == User.first_name, Invitation.last_name == User.last_name)
    return User.password_hash.is_(None) & exists().where(*same_person, *is_open, *same_names)


BY_IDS, _EMAILS = RowQuery(USERS, _by_ids), RowQuery(EMAILS, _emails)
