"""Changes of e-mail addresses: begin them, confirm them by a link to the new address, undo them by one to the old."""

from datetime import datetime
from types import NoneType
from typing import NamedTuple

from sqlalchemy import bindparam, text

from db.access.second_factors import HAS_ONE
from db.core.connection import Connection, DatabaseError
from db.core.statements import Statement
from db.core.text_keys import person_keys
from db.tables.types import ID
from domain.languages import Language


class EmailChangeRow(NamedTuple):
    """A change of the address of an account, begun at `created_at`. `email` is the present address of the account.

    `password_is_enough`: the person knows the password, and the account has no second factor.
    """

    id: str
    user_id: str
    old_email: str
    new_email: str
    email: str
    created_at: datetime
    password_is_enough: bool


class ConfirmMailContent(NamedTuple):
    """The values for the mail to the new address. `is_taken` says that another account has it.

    The language is that of the person who asked, also if somebody else gets the mail.
    """

    new_email: str
    expires_at: datetime
    is_taken: bool
    language: Language


class NoticeMailContent(NamedTuple):
    """The values for the mail to the old address. `is_changed` says that the change was confirmed already.

    `is_back` says that the account has an address again that it had before the old one. Then there is no link.
    """

    old_email: str
    first_name: str
    last_name: str
    is_changed: bool
    is_back: bool
    language: Language


class UndoneMailContent(NamedTuple):
    """The values for the mail to the new address of a change that was undone."""

    new_email: str
    language: Language


# How long the old address can undo a change that was confirmed.
UNDO_DAYS = 7
# An account that nobody has opened makes room for the owner of its address. It gets an address that
# nobody can have, so that its team sees that nobody gets its mails.
VACANT = "u.id || '@replaced.invalid'"

# An account has one change that waits for its link: a new one takes its place.
BEGIN = Statement(
    "begin_email_change",
    NoneType,
    text("""
insert into email_changes (id, user_id, old_email, new_email, expires_at)
select :id, u.id, u.email, cast(:email as text), cast(:expires_at as timestamptz) from users u where u.id = :user_id
on conflict (user_id) where confirmed_at is null and ended_at is null
do update set id = excluded.id, old_email = excluded.old_email, new_email = excluded.new_email, token_hash = null,
    undo_hash = null, created_at = now(), expires_at = excluded.expires_at
""").bindparams(bindparam("id", type_=ID), bindparam("user_id", type_=ID)),
)

STORE_TOKEN = Statement(
    "store_email_token",
    ConfirmMailContent,
    text("""
update email_changes c set token_hash = case when not k.is_taken then cast(:token_hash as bytea) end
from (
    select o.id, p.language, exists (
        select from users u
        where lower(u.email) = lower(o.new_email) and u.id <> o.user_id and u.email_verified_at is not null
    ) as is_taken
    from email_changes o join users p on p.id = o.user_id where o.id = :id
) k
where c.id = k.id and c.confirmed_at is null and c.ended_at is null and c.expires_at > now()
returning c.new_email, c.expires_at, k.is_taken, k.language
"""),
)

# Of two addresses, the one that the account had first wins. A thief moves an account away, and its owner moves it back:
# then the link to the thief's address must not move it once more. Of an address that the account had several times, the
# first time counts.
IS_BACK = """
exists (
    select from email_changes before join email_changes back on back.user_id = before.user_id
    where before.user_id = c.user_id and before.id < c.id and before.confirmed_at is not null
      and back.id >= c.id and back.confirmed_at is not null and lower(back.new_email) = lower(before.old_email)
      and not exists (
        select from email_changes same
        where same.user_id = c.user_id and same.id <= before.id and same.confirmed_at is not null
          and lower(same.old_email) = lower(c.old_email)
      )
)
"""

STORE_UNDO = Statement(
    "store_undo_token",
    NoticeMailContent,
    text(f"""
update email_changes c set undo_hash = case when not {IS_BACK} then cast(:token_hash as bytea) end
from users u
where c.id = :id and u.id = c.user_id and c.ended_at is null and (c.confirmed_at is not null or c.expires_at > now())
returning c.old_email, u.first_name, u.last_name, c.confirmed_at is not null as is_changed, {IS_BACK} as is_back,
    u.language
"""),  # noqa: S608 - constants
)

FIND = f"""
select c.id, c.user_id, c.old_email, c.new_email, u.email, c.created_at,
       u.password_known and not {HAS_ONE.format(user_id="u.id")} as password_is_enough
from email_changes c join users u on u.id = c.user_id where c.{{hash}} = :token_hash
"""  # noqa: S608 - a constant
BY_TOKEN = Statement("email_change_by_token", EmailChangeRow, text(FIND.format(hash="token_hash")))
BY_UNDO = Statement("email_change_by_undo", EmailChangeRow, text(FIND.format(hash="undo_hash")))

CONFIRM = Statement(
    "confirm_email_change",
    str,
    text("""
update email_changes set confirmed_at = now()
where id = :id and confirmed_at is null and ended_at is null and expires_at > now()
returning id
"""),
)

# A thief who had the account after the change may have begun others. Their links stop working, too.
UNDO = Statement(
    "undo_email_change",
    bool,
    text(f"""
with undone as (
    update email_changes c set ended_at = now()
    where id = :id and ended_at is null and (
        confirmed_at is null and expires_at > now() or confirmed_at > now() - interval '{UNDO_DAYS} days'
    ) and not {IS_BACK}
    returning id, user_id, confirmed_at is not null as was_changed
), later as (
    update email_changes c set ended_at = now()
    from undone u where c.user_id = u.user_id and c.id > u.id and c.ended_at is null
)
select was_changed from undone
"""),  # noqa: S608 - a constant
)

UNDONE_EMAIL = Statement(
    "undone_email",
    UndoneMailContent,
    text("""
select c.new_email, u.language from email_changes c join users u on u.id = c.user_id
where c.id = :id and c.confirmed_at is not null and c.ended_at is not null
"""),
)

CANCEL = Statement(
    "cancel_email_change",
    str,
    text("""
update email_changes set ended_at = now()
where user_id = :user_id and confirmed_at is null and ended_at is null
returning id
"""),
)

END_UNDO = Statement(
    "end_undo_links",
    str,
    text("""
update email_changes c set ended_at = now()
from users u
where c.user_id = :user_id and u.id = c.user_id and c.confirmed_at is not null and c.ended_at is null
  and lower(c.old_email) <> lower(u.email)
returning c.id
"""),
)

VACATE = Statement(
    "vacate_address",
    str,
    text(f"""
update users u set email = {VACANT}, email_search = {VACANT}
where lower(u.email) = lower(:email) and u.id <> :user_id and u.email_verified_at is null
  and (:even_invited or not exists (select from memberships m where m.user_id = u.id))
returning u.id
"""),  # noqa: S608 - a constant
)

MOVE = Statement(
    "move_account",
    str,
    text("""
update users set email = :email, email_search = :email_search, email_verified_at = now()
where id = :user_id
  and not exists (select from users o where lower(o.email) = lower(:email) and o.id <> :user_id)
returning id
""").bindparams(bindparam("email_search", type_=ID)),
)


async def begin(connection: Connection, id_: str, user_id: str, email: str, expires_at: datetime) -> None:
    """Begin the change of an account's address. A change that waits for its link ends."""
    await BEGIN.run(connection, id=id_, user_id=user_id, email=email, expires_at=expires_at)


async def store_token(connection: Connection, id_: str, token_hash: bytes) -> ConfirmMailContent | None:
    """Store the token of the link to the new address; None if the change is confirmed, has ended or has expired.

    If a verified account has the address, no token is stored.
    """
    return await STORE_TOKEN.row(connection, id=id_, token_hash=token_hash)


async def store_undo_token(connection: Connection, id_: str, token_hash: bytes) -> NoticeMailContent | None:
    """Store the token of the link to the old address; None if the change has ended or has expired.

    It takes the place of the token in an earlier mail. If the account is back at an earlier address, none is stored.
    """
    return await STORE_UNDO.row(connection, id=id_, token_hash=token_hash)


async def by_token(connection: Connection, token_hash: bytes) -> EmailChangeRow | None:
    """The change whose link to the new address has this token, confirmed or not; None if there is none."""
    return await BY_TOKEN.row(connection, token_hash=token_hash)


async def by_undo_token(connection: Connection, token_hash: bytes) -> EmailChangeRow | None:
    """The change whose link to the old address has this token, used or not; None if there is none."""
    return await BY_UNDO.row(connection, token_hash=token_hash)


async def confirm(connection: Connection, id_: str) -> bool:
    """Confirm a change. False if it was confirmed before, or has ended; of simultaneous requests one gets True."""
    return await CONFIRM.row(connection, id=id_) is not None


async def undo(connection: Connection, id_: str) -> bool | None:
    """End a change and all later ones of the account. Returns whether it had been confirmed.

    None if it cannot be undone: it has ended, was not confirmed in time, or was confirmed more than 7 days ago, or the
    account is back at an address that it had before the one of the link.
    """
    return await UNDO.row(connection, id=id_)


async def undone_email(connection: Connection, id_: str) -> UndoneMailContent | None:
    """The new address of a change that was confirmed and then undone; None if there is none."""
    return await UNDONE_EMAIL.row(connection, id=id_)


async def cancel(connection: Connection, user_id: str) -> list[str]:
    """End the change of an account that waits for its link. Returns its id in a list, which is empty without one."""
    return await CANCEL.rows(connection, user_id=user_id)


async def end_undo(connection: Connection, user_id: str) -> list[str]:
    """End the links that undo a change of an account, but for those to its present address. Returns their ids."""
    return await END_UNDO.rows(connection, user_id=user_id)


async def move(connection: Connection, user_id: str, email: str, *, even_invited: bool) -> bool:
    """Give an account this address. Returns False if another account has it; then roll back.

    An account that nobody has opened makes room, because the caller has seen a link to the address. If it is invited to
    a team, it does so only with `even_invited`.
    """
    try:
        await VACATE.run(connection, email=email, user_id=user_id, even_invited=even_invited)
        search = person_keys("", "", email)["email_search"]
        return await MOVE.row(connection, user_id=user_id, email=email, email_search=search) is not None
    except DatabaseError as error:
        # Another account got the address at this moment.
        if error.constraint != "uq_users_email_lower":
            raise
        return False
