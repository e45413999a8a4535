"""Links with which people set a new password: ask for them, make them, find them by token, and use them once.

An operator makes a link of an account, and gives it to the person. Or somebody asks for a link to an e-mail address:
then the link belongs to no account, and has no token, before its mail is written.
"""

from datetime import datetime
from types import NoneType
from typing import NamedTuple

from sqlalchemy import bindparam, insert, select, text

from db.core.connection import Connection
from db.core.rows import columns_of
from db.core.statements import Statement
from db.tables.access import PasswordReset
from db.tables.types import ID
from domain.languages import Language


class ResetRow(NamedTuple):
    """A link of an account. `email` is the address to which it was mailed, None if an operator made it."""

    id: str
    user_id: str
    email: str | None


class MailContent(NamedTuple):
    """The values that the mail with a link shows. `user_id` is None if the address has no verified account.

    The language is that of the account, or else the one that was asked for.
    """

    email: str
    expires_at: datetime
    user_id: str | None
    first_name: str
    last_name: str
    language: Language


RESETS = columns_of(ResetRow, PasswordReset)

# Two operators who make a link at the same moment: the later one replaces the other's.
CREATE = Statement(
    "create_reset",
    NoneType,
    text("""
insert into password_resets (id, user_id, token_hash, expires_at)
values (:id, :user_id, :token_hash, :expires_at)
on conflict (user_id) where used_at is null and email is null
do update set id = excluded.id, token_hash = excluded.token_hash, created_at = now(), expires_at = excluded.expires_at
""").bindparams(bindparam("id", type_=ID), bindparam("user_id", type_=ID)),
)

REQUEST = Statement(
    "request_reset",
    NoneType,
    insert(PasswordReset).values({name: bindparam(name) for name in ("id", "email", "language", "expires_at")}),
)

# clock_timestamp(), not now(): of two transactions, the one that started first may get the account second. Its now() is
# before the `expires_at` with which the other one has ended the link.
STORE_TOKEN = Statement(
    "store_reset_token",
    MailContent,
    text("""
update password_resets r
set user_id = k.user_id, token_hash = case when k.user_id is not null then cast(:token_hash as bytea) end
from (
    select o.id, u.id as user_id, coalesce(u.first_name, '') as first_name, coalesce(u.last_name, '') as last_name,
           coalesce(u.language, o.language) as language
    from password_resets o
    left join users u on lower(u.email) = lower(o.email) and u.email_verified_at is not null
    where o.id = :id
) k
where r.id = k.id and r.email is not null and r.used_at is null and r.expires_at > clock_timestamp()
returning r.email, r.expires_at, k.user_id, k.first_name, k.last_name, k.language
"""),
)

BY_TOKEN = Statement(
    "reset_by_token",
    ResetRow,
    RESETS.apply_to(select().where(PasswordReset.token_hash == bindparam("token_hash"))),
)

# The account may have got another address since the mail was sent. Then the mail has gone to the wrong person.
USE = Statement(
    "use_reset",
    str,
    text("""
update password_resets r set used_at = now()
where r.id = :id and r.used_at is null and r.expires_at > clock_timestamp() and r.token_hash is not null and (
    r.email is null or exists (select from users u where u.id = r.user_id and lower(u.email) = lower(r.email))
)
returning r.id
"""),
)

# Also those whose mail is not written yet.
END = Statement(
    "end_resets",
    str,
    text("""
update password_resets r set expires_at = now()
where r.used_at is null and r.expires_at > now() and (
    r.user_id = :user_id or lower(r.email) = (select lower(u.email) from users u where u.id = :user_id)
)
returning r.id
"""),
)


async def create(connection: Connection, id_: str, user_id: str, token_hash: bytes, expires_at: datetime) -> None:
    """Make a link of an account for an operator, in place of the last one that was not used."""
    await CREATE.run(connection, id=id_, user_id=user_id, token_hash=token_hash, expires_at=expires_at)


async def request(connection: Connection, id_: str, email: str, language: Language, expires_at: datetime) -> None:
    """Ask for a link to an e-mail address, whether it has an account or not."""
    await REQUEST.run(connection, id=id_, email=email, language=language, expires_at=expires_at)


async def store_token(connection: Connection, id_: str, token_hash: bytes) -> MailContent | None:
    """Store the token of a link and return the values for the mail; None if the link was used or has expired.

    If no verified account has the address, no token is stored.
    """
    return await STORE_TOKEN.row(connection, id=id_, token_hash=token_hash)


async def by_token(connection: Connection, token_hash: bytes) -> ResetRow | None:
    """The link that has this token, used or not; None if there is none."""
    return await BY_TOKEN.row(connection, token_hash=token_hash)


async def use(connection: Connection, id_: str) -> bool:
    """Use a link. Of simultaneous requests one gets True.

    False if it was used before, has expired, or was sent to an address that the account no longer has.
    """
    return await USE.row(connection, id=id_) is not None


async def end(connection: Connection, user_id: str) -> int:
    """End all links of an account, and those to its address. Returns how many could still be used."""
    return len(await END.rows(connection, user_id=user_id))
