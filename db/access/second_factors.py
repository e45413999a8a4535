"""The second factors of accounts: which they have, authenticator apps, and recovery codes."""

from collections.abc import Sequence
from datetime import datetime
from types import NoneType
from typing import NamedTuple

from sqlalchemy import ARRAY, BigInteger, bindparam, text
from sqlalchemy.dialects.postgresql import BYTEA

from db.core.connection import Connection
from db.core.statements import Statement
from db.people import users
from domain.second_factors import SecondFactor

# The condition (SQL) that an account has a second factor. Each kind of second factor has its part here; a recovery code
# is none, because it only stands for one that is lost.
HAS_ONE = (
    "(exists (select from authenticators f where f.user_id = {user_id} and f.confirmed_at is not null)"
    " or exists (select from passkeys k where k.user_id = {user_id}))"
)
_OWN = HAS_ONE.format(user_id=":user_id")


class SecondFactors(NamedTuple):
    """Which second factors an account has, and how many of its recovery codes nobody has used."""

    authenticator_app: bool
    passkeys: int
    recovery_codes: int

    @property
    def offered(self) -> list[SecondFactor]:
        """The kinds of second step that a person with these can do."""
        kinds = {
            SecondFactor.AUTHENTICATOR_APP: self.authenticator_app,
            SecondFactor.PASSKEY: self.passkeys > 0,
            SecondFactor.RECOVERY_CODE: self.recovery_codes > 0,
        }
        return [kind for kind, possible in kinds.items() if possible]


class RemovedFactors(NamedTuple):
    """How many apps, passkeys and recovery codes of an account were removed."""

    authenticator_apps: int
    passkeys: int
    recovery_codes: int


# How long after the first second factor of an account a reset removes it.
NEW_DAYS = 7

# An app that was never confirmed is replaced: the person lost the secret, or began twice.
BEGIN = Statement(
    "begin_authenticator",
    str,
    text("""
insert into authenticators as a (user_id, secret) values (:user_id, :secret)
on conflict (user_id) do update set secret = excluded.secret, created_at = now() where a.confirmed_at is null
returning user_id
"""),
)

BEGUN = Statement(
    "begun_authenticator",
    str,
    text("""
select secret from authenticators
where user_id = :user_id and confirmed_at is null and created_at > now() - interval '1 hour'
"""),
)

# The secret is compared, because another request may have begun again meanwhile.
STEP = bindparam("step", type_=BigInteger())
CONFIRM = Statement(
    "confirm_authenticator",
    str,
    text("""
update authenticators set confirmed_at = now(), last_step = :step
where user_id = :user_id and confirmed_at is null and secret = :secret
returning user_id
""").bindparams(STEP),
)

SECRET = Statement(
    "authenticator_secret",
    str,
    text("select secret from authenticators where user_id = :user_id and confirmed_at is not null"),
)

USE_STEP = Statement(
    "use_step_of_authenticator",
    str,
    text("""
update authenticators set last_step = :step
where user_id = :user_id and confirmed_at is not null and secret = :secret and last_step < :step
returning user_id
""").bindparams(STEP),
)

PROVE = Statement(
    "prove_session",
    NoneType,
    text("""
with proven as (
    update sessions set second_factor_at = now() where id = :session_id and ended_at is null returning user_id
)
update users u set second_factor_since = now() from proven p where u.id = p.user_id and u.second_factor_since is null
"""),
)

REMOVE = Statement(
    "remove_authenticator",
    str,
    text("delete from authenticators where user_id = :user_id and confirmed_at is not null returning user_id"),
)

RENEW_CODES = Statement(
    "renew_recovery_codes",
    int,
    text(f"""
with replaced as (
    delete from recovery_codes where user_id = :user_id
), made as (
    insert into recovery_codes (user_id, code_hash)
    select cast(:user_id as text), unnest(:hashes)
    where {_OWN}
    returning 1
)
select count(*)::int from made
""").bindparams(bindparam("hashes", type_=ARRAY(BYTEA()))),  # noqa: S608 - constants
)

USE_CODE = Statement(
    "use_recovery_code",
    int,
    text("""
update recovery_codes r set used_at = now()
where user_id = :user_id and code_hash = :code_hash and used_at is null
returning (
    select count(*)::int from recovery_codes o
    where o.user_id = r.user_id and o.used_at is null and o.code_hash <> r.code_hash
)
"""),
)

# Sessions lose what the second factor gave them.
FORGET = Statement(
    "forget_second_factor",
    int,
    text(f"""
with codes as (
    delete from recovery_codes where user_id = :user_id and not {_OWN}
), unproven as (
    update sessions set second_factor_at = null
    where user_id = :user_id and second_factor_at is not null and not {_OWN}
    returning 1
), account as (
    update users set second_factor_since = null where id = :user_id and not {_OWN}
)
select count(*)::int from unproven
"""),  # noqa: S608 - constants
)

# A thief of a fresh session needs no password to add the first second factor, and none after that to add others.
REMOVE_NEW = Statement(
    "remove_new_second_factors",
    RemovedFactors,
    text(f"""
with bound as materialized (
    select case when second_factor_since > cast(:moment as timestamptz) - interval '{NEW_DAYS} days'
        then '-infinity' else cast(:moment as timestamptz) end as moment
    from users where id = :user_id
), apps as (
    delete from authenticators a using bound b where a.user_id = :user_id and a.confirmed_at > b.moment returning 1
), keys as (
    delete from passkeys k using bound b where k.user_id = :user_id and k.created_at > b.moment returning 1
), codes as (
    delete from recovery_codes c using bound b where c.user_id = :user_id and c.created_at > b.moment returning 1
)
select (select count(*)::int from apps) as authenticator_apps, (select count(*)::int from keys) as passkeys,
    (select count(*)::int from codes) as recovery_codes
"""),  # noqa: S608 - a constant
)

OF_ACCOUNT = Statement(
    "second_factors_of_account",
    SecondFactors,
    text("""
select exists (
        select from authenticators where user_id = :user_id and confirmed_at is not null
    ) as authenticator_app,
    (select count(*)::int from passkeys where user_id = :user_id) as passkeys,
    (select count(*)::int from recovery_codes where user_id = :user_id and used_at is null) as recovery_codes
"""),
)


async def begin(connection: Connection, user_id: str, secret: str) -> bool:
    """Store the encrypted secret of an app that is not confirmed yet. Returns False if the account has an app."""
    return await BEGIN.row(connection, user_id=user_id, secret=secret) is not None


async def begun(connection: Connection, user_id: str) -> str | None:
    """The encrypted secret of the app that is not confirmed yet; None if nobody began one within the last hour."""
    return await BEGUN.row(connection, user_id=user_id)


async def confirm(connection: Connection, user_id: str, secret: str, step: int) -> bool:
    """Let an app count from now on. Returns False if it was confirmed or replaced meanwhile."""
    # The account is locked first, as everywhere, so that this cannot deadlock with a reset of the password.
    await users.lock(connection, user_id)
    return await CONFIRM.row(connection, user_id=user_id, secret=secret, step=step) is not None


async def secret_of(connection: Connection, user_id: str) -> str | None:
    """The encrypted secret of the app of an account; None if it has none."""
    return await SECRET.row(connection, user_id=user_id)


async def use_step(connection: Connection, user_id: str, secret: str, step: int) -> bool:
    """Use the code of a time step. Returns False if that code or a later one was used before.

    Of simultaneous requests with one code, one gets True.
    """
    return await USE_STEP.row(connection, user_id=user_id, secret=secret, step=step) is not None


async def prove(connection: Connection, session_id: str) -> None:
    """Let a session count as one with a second factor, because its person has just added one."""
    await PROVE.run(connection, session_id=session_id)


async def remove(connection: Connection, user_id: str) -> bool:
    """Remove the app of an account. Returns False if it has none. Call `forget` afterwards."""
    # Removals of factors of one account queue here, so that `forget` sees which are left.
    await users.lock(connection, user_id)
    return await REMOVE.row(connection, user_id=user_id) is not None


async def remove_new(connection: Connection, user_id: str, moment: datetime) -> RemovedFactors:
    """Remove what was added after a moment; all, if the account got its first second factor in the 7 days before it.

    Lock the account before, and call `forget` afterwards.
    """
    [removed] = await REMOVE_NEW.rows(connection, user_id=user_id, moment=moment)
    return removed


async def forget(connection: Connection, user_id: str) -> int:
    """If the account has no second factor left, delete its recovery codes, and let its sessions count as without one.

    Returns how many sessions had one. Call it after each removal of a second factor.
    """
    [sessions] = await FORGET.rows(connection, user_id=user_id)
    return sessions


async def renew_codes(connection: Connection, user_id: str, hashes: Sequence[bytes]) -> bool:
    """Replace all recovery codes of an account. Returns False, and leaves none, if it has no second factor."""
    # Of two requests at the same time, the second one deletes the codes of the first.
    await users.lock(connection, user_id)
    [made] = await RENEW_CODES.rows(connection, user_id=user_id, hashes=list(hashes))
    return made > 0


async def use_code(connection: Connection, user_id: str, code_hash: bytes) -> int | None:
    """Use a recovery code. Returns how many unused ones are left, or None if there is no such unused code.

    Of simultaneous requests with one code, one gets a number.
    """
    return await USE_CODE.row(connection, user_id=user_id, code_hash=code_hash)


async def of_account(connection: Connection, user_id: str) -> SecondFactors:
    """The second factors of an account."""
    [found] = await OF_ACCOUNT.rows(connection, user_id=user_id)
    return found
