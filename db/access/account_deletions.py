"""Statements that erase what identifies the person of an account. The row of the account and the history stay."""

from types import NoneType
from typing import NamedTuple

from sqlalchemy import text

from db.access import account_notices
from db.core.connection import Connection
from db.core.statements import Statement
from db.core.text_keys import person_keys
from domain.languages import Language
from domain.roles import Role


class ErasedAccount(NamedTuple):
    """What an account was before it was deleted, for the mail that says so."""

    email: str
    first_name: str
    last_name: str
    language: Language


class OwnMembership(NamedTuple):
    """A team that a person is in or invited to, with the role there."""

    team_id: str
    team: str
    role: Role


# How each table that refers to accounts keeps or loses the rows of a deleted one. A test fails for a table that is in
# none of these lists.
DELETED = (
    "authenticators",
    "email_changes",
    "ended_identities",
    "identities",
    "passkeys",
    "password_resets",
    "recovery_codes",
    "sign_in_challenges",
    "sign_in_places",
    "vendors",
)
"""The rows are deleted."""
ERASED = {
    "audit_people": "before = null, after = null, erased_at = now()",
    # A mail server may name an address in its words.
    "notices": "mail_reason = case when mail_state = 'refused' then '' end",
    "sessions": "device = null, place = null, ended_at = coalesce(ended_at, now())",
}
"""The rows stay, without what identifies the person."""
KEPT = ("partner_tokens", "removed_members", "seat_history", "seat_usage")
"""The rows name the person by id only."""
ENDED = ("memberships",)
"""The rows end by the rules of the teams, and with them all that belongs to a membership."""

MEMBERSHIPS = Statement(
    "own_memberships",
    OwnMembership,
    text("""
select m.team_id, t.name as team, m.role from memberships m join teams t on t.id = m.team_id
where m.user_id = :user_id order by m.team_id
"""),
)

# As strong as the erasure's own lock: a session or a membership that begins now waits, and then finds no account.
LOCK = Statement(
    "lock_deleted_account",
    ErasedAccount,
    text("select email, first_name, last_name, language from users where id = :user_id for update"),
)

# The address of a sign-up, that of a wish for a new password, and that in an answer belong to no account. The person
# had other addresses before, if changes of them were confirmed. A hash of the address owns the answers to sign-ups. Any
# other answer only loses its payload: it is not given again, and its key stays used, so that no request is carried out
# twice.
ERASE_TRACES = Statement(
    "erase_traces",
    NoneType,
    text("""
with addresses as (
    select lower(cast(:email as text)) as email
    union select lower(old_email) from email_changes where user_id = cast(:user_id as text)
    union select lower(new_email) from email_changes
    where user_id = cast(:user_id as text) and confirmed_at is not null
), signed_up as (
    delete from sign_ups where lower(email) in (select email from addresses)
), wished as (
    delete from password_resets where lower(email) in (select email from addresses)
), answered as (
    delete from answers where actor in (
        select 'address_' || encode(sha256(convert_to(email, 'UTF8')), 'hex') from addresses
    )
)
update answers n set payload = null
where n.payload is not null and not starts_with(n.actor, 'address_') and (
    n.actor = cast(:user_id as text)
    or strpos(convert_from(n.payload, 'UTF8'), cast(:user_id as text)) > 0
    or exists (select from addresses a where strpos(lower(convert_from(n.payload, 'UTF8')), a.email) > 0)
)
"""),
)

ERASE_ROWS = [
    *(
        Statement(f"delete_{table}_of_person", NoneType, text(f"delete from {table} where user_id = :user_id"))  # noqa: S608
        for table in DELETED
    ),
    *(
        Statement(f"erase_{table}_of_person", NoneType, text(f"update {table} set {values} where user_id = :user_id"))  # noqa: S608
        for table, values in ERASED.items()
    ),
]

# The own id stands in place of the address: it is no address, and nobody else has it.
ERASE_ACCOUNT = Statement(
    "erase_account",
    NoneType,
    text("""
update users
set email = id, first_name = '', last_name = '', password_hash = null, email_verified_at = null, language = 'en',
    name_key = :name_key, name_search = :name_search, email_search = :email_search, text_version = :text_version,
    second_factor_since = null, deleted_at = now()
where id = :user_id
"""),
)


async def memberships(connection: Connection, user_id: str) -> list[OwnMembership]:
    """The teams that a person is in or invited to, by id."""
    return await MEMBERSHIPS.rows(connection, user_id=user_id)


async def erase(connection: Connection, user_id: str) -> ErasedAccount:
    """Delete an account: end its sessions, and erase all that identifies the person. Returns what the account was.

    The person must be in no team any more.
    """
    [person] = await LOCK.rows(connection, user_id=user_id)
    await ERASE_TRACES.run(connection, user_id=user_id, email=person.email)
    for statement in ERASE_ROWS:
        await statement.run(connection, user_id=user_id)
    await account_notices.erase_addresses(connection, user_id)
    await ERASE_ACCOUNT.run(connection, user_id=user_id, **person_keys("", "", user_id))
    return person
