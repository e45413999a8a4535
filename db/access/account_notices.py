"""The recipients of mails about changes of their account."""

from typing import NamedTuple

from sqlalchemy import text

from db.core.connection import Connection
from db.core.statements import Statement
from domain.languages import Language


class Recipient(NamedTuple):
    """The address, the names and the language of an account."""

    email: str
    first_name: str
    last_name: str
    language: Language


RECIPIENT = Statement(
    "notice_recipient",
    Recipient,
    text("""
select email, first_name, last_name, language from users where id = :user_id and email_verified_at is not null
"""),
)


async def recipient(connection: Connection, user_id: str) -> Recipient | None:
    """The address and the names of a verified account; None if there is no such account."""
    return await RECIPIENT.row(connection, user_id=user_id)
