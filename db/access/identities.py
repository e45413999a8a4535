"""Identities: the people at an OpenID provider who may sign in to an account."""

import hashlib
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Boolean, ColumnElement, bindparam, exists, func, literal_column, select, text, update

from db.access.second_factors import HAS_ONE
from db.core.connection import Connection
from db.core.paging import Definition, Rows, listing
from db.core.reach import is_own
from db.core.rows import columns_of
from db.core.statements import Statement
from db.people import users
from db.people.users import USERS, UserRow
from db.tables.identities import EndedIdentity, Identity
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
    """The account that has an e-mail address. `has_identity` says that it has one of the issuer in question.

    `had_identity` says that it had one that was removed.
    """

    user: UserRow
    password_hash: str | None
    is_verified: bool
    has_identity: bool
    had_identity: bool
    has_second_factor: bool


IDENTITIES = columns_of(IdentityRow, Identity)
IDENTIFIED = columns_of(
    IdentifiedAccount, Identity, identity_id=Identity.id, user=USERS, password_hash=User.password_hash
)
OF_ISSUER = exists().where(Identity.user_id == User.id, Identity.issuer == bindparam("issuer"))
ENDED = exists().where(EndedIdentity.user_id == User.id, EndedIdentity.issuer == bindparam("issuer"))
ADDRESSED = columns_of(
    AddressedAccount,
    User,
    user=USERS,
    is_verified=User.email_verified_at.is_not(None),
    has_identity=OF_ISSUER,
    had_identity=ENDED,
    has_second_factor=literal_column(HAS_ONE.format(user_id="users.id"), Boolean()),
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
ADDITION = """
insert into identities (id, issuer, subject, user_id, last_used_at)
select cast(:id as text), cast(:issuer as text), cast(:subject as text), u.id, now()
from users u where u.id = :user_id and u.email_verified_at is not null{condition}
for share
on conflict do nothing
returning id, issuer, created_at, last_used_at
"""
ADD = Statement("add_identity", IdentityRow, text(ADDITION.format(condition="")))
MAY_MATCH = f"""
  and not exists (select from ended_identities e where e.user_id = u.id and e.issuer = :issuer)
  and (cast(:proven as boolean) or not {HAS_ONE.format(user_id="u.id")})"""
MATCH = Statement("match_identity", IdentityRow, text(ADDITION.format(condition=MAY_MATCH)))
USE = Statement(
    "use_identity",
    str,
    update(Identity).where(Identity.id == bindparam("id")).values(last_used_at=func.now()).returning(Identity.id),
)
REMOVAL = """
with removed as (
    delete from identities where user_id = :user_id{condition} returning id, user_id, issuer
), noted as (
    insert into ended_identities (user_id, issuer) select user_id, issuer from removed on conflict do nothing
)
select id from removed
"""
REMOVE = Statement("remove_identity", str, text(REMOVAL.format(condition=" and id = :id")))
REMOVE_ALL = Statement("remove_identities", str, text(REMOVAL.format(condition="")))
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


async def match(
    connection: Connection, id_: str, issuer: str, subject: str, user_id: str, *, proven: bool
) -> IdentityRow | None:
    """Let a person at a provider sign in to a verified account, because it has their address.

    `proven`: the person has given the second factor of the account. Returns None, and adds nothing, in the cases of
    `add`; if the account has a second factor that was not given; and if an identity of this issuer was removed from
    it: then its owner may not want it, and adds it while signed in.
    """
    # A removal locks the account, too. So the statement sees the one that this waits for.
    await users.lock(connection, user_id)
    return await MATCH.row(connection, id=id_, issuer=issuer, subject=subject, user_id=user_id, proven=proven)


async def use(connection: Connection, id_: str) -> bool:
    """Note that somebody signs in with an identity. Returns False if it was removed."""
    return await USE.row(connection, id=id_) is not None


async def remove(connection: Connection, id_: str, user_id: str) -> bool:
    """Remove an identity of an account, and note that it had one. Returns False if the account does not have it."""
    await users.lock(connection, user_id)
    return await REMOVE.row(connection, id=id_, user_id=user_id) is not None


async def remove_all(connection: Connection, user_id: str) -> list[str]:
    """Remove all identities of an account, and note that it had them. Returns their ids.

    Call it when the account is locked.
    """
    return list(await REMOVE_ALL.rows(connection, user_id=user_id))


async def spend(connection: Connection, state: str, until: datetime) -> bool:
    """Use a sign-in once, by its state. `until` is when it ends anyway. Returns False if it was used."""
    hashed = hashlib.sha256(state.encode()).digest()
    return await SPEND.row(connection, state=hashed, until=until) is not None
