"""Links with which people set a new password: make them, find them by token, and use them once."""

from datetime import datetime
from types import NoneType
from typing import NamedTuple

from sqlalchemy import bindparam, func, select, text, update

from db.core.connection import Connection
from db.core.rows import columns_of
from db.core.statements import Statement
from db.tables.access import PasswordReset
from db.tables.types import ID


class ResetRow(NamedTuple):
    """A link of an account."""

    id: str
    user_id: str


RESETS = columns_of(ResetRow, PasswordReset)

# Two operators who make a link at the same moment: the later one replaces the other's.
CREATE = Statement(
    "create_reset",
    NoneType,
    text("""
insert into password_resets (id, user_id, token_hash, expires_at)
values (:id, :user_id, :token_hash, :expires_at)
on conflict (user_id) where used_at is null
do update set id = excluded.id, token_hash = excluded.token_hash, created_at = now(), expires_at = excluded.expires_at
""").bindparams(bindparam("id", type_=ID), bindparam("user_id", type_=ID)),
)

BY_TOKEN = Statement(
    "reset_by_token",
    ResetRow,
    RESETS.apply_to(select().where(PasswordReset.token_hash == bindparam("token_hash"))),
)

USE = Statement(
    "use_reset",
    str,
    update(PasswordReset)
    .where(
        PasswordReset.id == bindparam("id"),
        PasswordReset.used_at.is_(None),
        PasswordReset.expires_at > func.now(),
    )
    .values(used_at=func.now())
    .returning(PasswordReset.id),
)


async def create(connection: Connection, id_: str, user_id: str, token_hash: bytes, expires_at: datetime) -> None:
    """Make a link of an account. A link of the account that was not used stops working."""
    await CREATE.run(connection, id=id_, user_id=user_id, token_hash=token_hash, expires_at=expires_at)


async def by_token(connection: Connection, token_hash: bytes) -> ResetRow | None:
    """The link that has this token, used or not; None if there is none."""
    return await BY_TOKEN.row(connection, token_hash=token_hash)


async def use(connection: Connection, id_: str) -> bool:
    """Use a link. Returns False if it was used before or has expired; of simultaneous requests one gets True."""
    return await USE.row(connection, id=id_) is not None
