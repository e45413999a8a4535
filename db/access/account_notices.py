"""The recipients of mails about changes of their account."""

from datetime import datetime
from types import NoneType
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


class NoticedToken(NamedTuple):
    """A partner token with the name of its team, and when its secret before the last rotation ends."""

    name: str
    team: str
    previous_secret_ends_at: datetime | None


RECIPIENT = Statement(
    "notice_recipient",
    Recipient,
    text("""
select email, first_name, last_name, language from users where id = :user_id and email_verified_at is not null
"""),
)

TOKEN = Statement(
    "noticed_token",
    NoticedToken,
    text("""
select p.name, t.name as team, p.previous_secret_ends_at
from partner_tokens p
join teams t on t.id = p.team_id
where p.id = :id and p.grantor_id = :user_id
"""),
)

# A deletion of the account waits for the lock, and then finds the job with the address. One that is under way comes
# first: then the address is gone already.
ADDRESS = Statement("notice_address", str, text("select email from users where id = :user_id for key share"))

# The job stays: it finds no account any more, and sends nothing.
ERASE_ADDRESSES = Statement(
    "erase_notice_addresses",
    NoneType,
    text("""
update jobs.pgqueuer
set payload = convert_to((convert_from(payload, 'UTF8')::jsonb || '{"email": null}')::text, 'UTF8')
where entrypoint = 'account_notice' and convert_from(payload, 'UTF8')::jsonb ->> 'user_id' = :user_id
"""),
)


async def address(connection: Connection, user_id: str) -> str:
    """The address that an account has now, for a mail about a change that this transaction makes."""
    [email] = await ADDRESS.rows(connection, user_id=user_id)
    return email


async def erase_addresses(connection: Connection, user_id: str) -> None:
    """Erase the addresses in the queued mails about changes of an account that is being deleted."""
    await ERASE_ADDRESSES.run(connection, user_id=user_id)


async def recipient(connection: Connection, user_id: str) -> Recipient | None:
    """The address and the names of a verified account; None if there is no such account."""
    return await RECIPIENT.row(connection, user_id=user_id)


async def token(connection: Connection, user_id: str, id_: str) -> NoticedToken | None:
    """The partner token that this account granted; None if there is none."""
    return await TOKEN.row(connection, user_id=user_id, id=id_)
