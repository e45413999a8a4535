"""Identities: the people at an OpenID provider who may sign in to an account."""

import hashlib
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, delete, exists, func, select, text, update

from db.core.connection import Connection
from db.core.paging import Definition, Rows, listing
from db.core.reach import is_own
from db.core.rows import columns_of
from db.core.statements import Statement
from db.people.users import USERS, UserRow
from db.tables.identities import Identity
from db.tables.people import User
from domain.reach import Reach


class IdentityRow(NamedTuple):
    """An identity as its account sees it."""

    id: str
    issuer: str
    created_at: datetime
    last_used_at: datetime | None


class IdentifiedAccount(NamedTuple):
    """The account of an identity. `password_hash` guards the start of a session."""

    identity_id: str
    user: UserRow
    password_hash: str | None


class AddressedAccount(NamedTuple):
    """The account that has an e-mail address. `has_identity` says that it has one of the issuer in question."""

    user: UserRow
    password_hash: str | None
    is_verified: bool
    has_identity: bool


IDENTITIES = columns_of(IdentityRow, Identity)
IDENTIFIED = columns_of(
    IdentifiedAccount, Identity, identity_id=Identity.id, user=USERS, password_hash=User.password_hash
)
OF_ISSUER = exists().where(Identity.user_id == User.id, Identity.issuer == bindparam("issuer"))
ADDRESSED = columns_of(
    AddressedAccount, User, user=USERS, is_verified=User.email_verified_at.is_not(None), has_identity=OF_ISSUER
)

ACCOUNT_OF = Statement(
    "account_of_identity",
    IdentifiedAccount,
    IDENTIFIED.apply_to(
        select()
        .select_from(Identity)
        .join(User, User.id == Identity.user_id)
        .where(Identity.issuer == bindparam("issuer"), Identity.subject == bindparam("subject"))
    ),
)
ACCOUNT_WITH = Statement(
    "account_with_address",
    AddressedAccount,
    ADDRESSED.apply_to(select().where(func.lower(User.email) == func.lower(bindparam("email")))),
)
# Neither a second account for one identity, nor a second identity of an issuer for one account. A deletion of the
# account removes the identities that it sees. The lock lets this one wait for it.
ADD = Statement(
    "add_identity",
    IdentityRow,
    text("""
insert into identities (id, issuer, subject, user_id, last_used_at)
select cast(:id as text), cast(:issuer as text), cast(:subject as text), u.id, now()
from users u where u.id = :user_id and u.email_verified_at is not null
for share
on conflict do nothing
returning id, issuer, created_at, last_used_at
"""),
)
USE = Statement(
    "use_identity",
    str,
    update(Identity).where(Identity.id == bindparam("id")).values(last_used_at=func.now()).returning(Identity.id),
)
REMOVE = Statement(
    "remove_identity",
    str,
    delete(Identity)
    .where(Identity.id == bindparam("id"), Identity.user_id == bindparam("user_id"))
    .returning(Identity.issuer),
)
REMOVE_ALL = Statement(
    "remove_identities",
    str,
    delete(Identity).where(Identity.user_id == bindparam("user_id")).returning(Identity.id),
)
SPEND = Statement(
    "spend_sign_in",
    int,
    text("""
insert into spent_sign_ins (state, until) values (:state, :until) on conflict do nothing returning 1
"""),
)


@listing
def listed(reach: Reach) -> Definition[IdentityRow]:
    """The identities of a person, the oldest first; only those of `reach.me`."""

    def rows(user_id: ColumnElement[str]) -> Rows:
        return select().where(Identity.user_id == user_id, is_own(reach, Identity.user_id))

    return Definition(rows, [Identity.id.expression], IDENTITIES)


async def account_of(connection: Connection, issuer: str, subject: str) -> IdentifiedAccount | None:
    """The account of an identity; None if it has none."""
    return await ACCOUNT_OF.row(connection, issuer=issuer, subject=subject)


async def account_with(connection: Connection, email: str, issuer: str) -> AddressedAccount | None:
    """The account with this e-mail address, in any case, verified or not; None if there is none."""
    return await ACCOUNT_WITH.row(connection, email=email, issuer=issuer)


async def add(connection: Connection, id_: str, issuer: str, subject: str, user_id: str) -> IdentityRow | None:
    """Let a person at a provider sign in to a verified account.

    Returns None, and adds nothing, if the person has an account already, or the account another person of this issuer,
    or if nobody has verified the account's address.
    """
    return await ADD.row(connection, id=id_, issuer=issuer, subject=subject, user_id=user_id)


async def use(connection: Connection, id_: str) -> bool:
    """Note that somebody signs in with an identity. Returns False if it was removed."""
    return await USE.row(connection, id=id_) is not None


async def remove(connection: Connection, id_: str, user_id: str) -> str | None:
    """Remove an identity of an account. Returns its issuer; None if the account does not have it."""
    return await REMOVE.row(connection, id=id_, user_id=user_id)


async def remove_all(connection: Connection, user_id: str) -> list[str]:
    """Remove all identities of an account. Returns their ids."""
    return list(await REMOVE_ALL.rows(connection, user_id=user_id))


async def spend(connection: Connection, state: str, until: datetime) -> bool:
    """Use a sign-in once, by its state. `until` is when it ends anyway. Returns False if it was used."""
    hashed = hashlib.sha256(state.encode()).digest()
    return await SPEND.row(connection, state=hashed, until=until) is not None
