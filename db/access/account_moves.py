"""Accounts that the operator gives another address: the change is made at once, and no link undoes it."""

from typing import NamedTuple

from sqlalchemy import bindparam, text

from db.core.connection import Connection
from db.core.statements import Statement
from db.tables.types import ID
from domain.languages import Language


class MovedMailContent(NamedTuple):
    """The values for the mail to the address that the account had."""

    old_email: str
    first_name: str
    language: Language


# The hash of its id stands for the token of a link: no token has this hash.
RECORD = Statement(
    "record_account_move",
    str,
    text("""
insert into email_changes (id, user_id, old_email, new_email, token_hash, expires_at, confirmed_at, ended_at)
select :id, u.id, u.email, cast(:email as text), sha256(convert_to(:id, 'UTF8')), now(), now(), now()
from users u where u.id = :user_id and u.email <> :email
returning id
""").bindparams(bindparam("id", type_=ID), bindparam("user_id", type_=ID)),
)

MOVED_EMAIL = Statement(
    "moved_email",
    MovedMailContent,
    text("""
select c.old_email, u.first_name, u.language from email_changes c join users u on u.id = c.user_id where c.id = :id
"""),
)


async def record(connection: Connection, id_: str, user_id: str, email: str) -> bool:
    """Store that the account is moved to this address, before it is. False if it has the address already."""
    return await RECORD.row(connection, id=id_, user_id=user_id, email=email) is not None


async def moved_email(connection: Connection, id_: str) -> MovedMailContent | None:
    """The address that the account had before this change; None if the change is gone."""
    return await MOVED_EMAIL.row(connection, id=id_)
