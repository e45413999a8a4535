"""Sign-ups that wait for their link: store them, give them a token, and use them once."""

from datetime import datetime
from types import NoneType
from typing import NamedTuple

from sqlalchemy import bindparam, func, insert, select, text, update

from db.core.connection import Connection
from db.core.rows import columns_of
from db.core.statements import Statement
from db.tables.access import SignUp
from domain.languages import Language


class SignUpRow(NamedTuple):
    """A sign-up. `password_hash` is that of the password that the person chose."""

    id: str
    email: str
    first_name: str
    last_name: str
    password_hash: str
    expires_at: datetime
    language: Language


class MailContent(NamedTuple):
    """The values that the mail of a sign-up shows, and its language.

    `is_taken` says that a verified account has the address. Then the language is that of the account.
    """

    email: str
    first_name: str
    last_name: str
    expires_at: datetime
    is_taken: bool
    language: Language


SIGN_UPS = columns_of(SignUpRow, SignUp)

CREATE = Statement(
    "create_sign_up", NoneType, insert(SignUp).values({name: bindparam(name) for name in SignUpRow._fields})
)

STORE_TOKEN = Statement(
    "store_sign_up_token",
    MailContent,
    text("""
update sign_ups s set token_hash = case when not k.is_taken then cast(:token_hash as bytea) end
from (
    select o.id, u.id is not null as is_taken, coalesce(u.language, o.language) as language
    from sign_ups o
    left join users u on lower(u.email) = lower(o.email)
        and u.email_verified_at is not null and u.password_hash is not null
    where o.id = :id
) k
where s.id = k.id and s.used_at is null and s.expires_at > now()
returning s.email, s.first_name, s.last_name, s.expires_at, k.is_taken, k.language
"""),
)

BY_TOKEN = Statement(
    "sign_up_by_token", SignUpRow, SIGN_UPS.apply_to(select().where(SignUp.token_hash == bindparam("token_hash")))
)

USE = Statement(
    "use_sign_up",
    str,
    update(SignUp)
    .where(SignUp.id == bindparam("id"), SignUp.used_at.is_(None), SignUp.expires_at > func.now())
    .values(used_at=func.now())
    .returning(SignUp.id),
)


async def create(connection: Connection, sign_up: SignUpRow) -> None:
    """Store a sign-up."""
    await CREATE.run(connection, **sign_up._asdict())


async def store_token(connection: Connection, id_: str, token_hash: bytes) -> MailContent | None:
    """Store the token of a new link and return the values for the mail; None if the sign-up was used or has expired.

    If a verified account has the address, no token is stored.
    """
    return await STORE_TOKEN.row(connection, id=id_, token_hash=token_hash)


async def by_token(connection: Connection, token_hash: bytes) -> SignUpRow | None:
    """The sign-up that has this token, used or not; None if there is none."""
    return await BY_TOKEN.row(connection, token_hash=token_hash)


async def use(connection: Connection, id_: str) -> bool:
    """Use a sign-up. Returns False if it was used before or has expired; of simultaneous requests one gets True."""
    return await USE.row(connection, id=id_) is not None
