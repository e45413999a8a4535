"""Sign-ins whose first step was right, and which wait for the second factor."""

from datetime import datetime
from types import NoneType
from typing import NamedTuple

from sqlalchemy import text

from db.access.second_factors import HAS_ONE
from db.core.connection import Connection
from db.core.statements import Statement
from domain.second_factors import MAX_TRIES


class NewChallenge(NamedTuple):
    """A challenge to store. `method` is how the first step was done; `delivery` is how to deliver the session token."""

    id: str
    user_id: str
    token_hash: bytes
    method: str
    delivery: str
    expires_at: datetime


class ChallengeRow(NamedTuple):
    """A challenge of an account. `is_open`: it can still be completed.

    `method` is how the first step was done, and `delivery` how the session token is to be delivered. `password_hash` is
    the account's present one. `issuer` and `subject` are a person at an OpenID provider: the second step adds them to
    the account; None if it adds nobody.
    """

    id: str
    user_id: str
    email: str
    password_hash: str | None
    method: str
    delivery: str
    issuer: str | None
    subject: str | None
    is_open: bool


# The password must be that of the first step: so a change of it makes every challenge void.
OPEN = f"""
c.used_at is null and c.expires_at > statement_timestamp() and c.tries < {MAX_TRIES}
and c.password_digest is not distinct from sha256(convert_to(u.password_hash, 'UTF8'))
"""

# Unlike a session, it needs no lock: if the password changes meanwhile, the challenge is void.
CREATE = Statement(
    "create_challenge",
    str,
    text(f"""
insert into sign_in_challenges (id, user_id, token_hash, method, delivery, password_digest, expires_at)
select cast(:id as text), u.id, cast(:token_hash as bytea), cast(:method as text), cast(:delivery as text),
       sha256(convert_to(u.password_hash, 'UTF8')), cast(:expires_at as timestamptz)
from users u
where u.id = :user_id and u.email_verified_at is not null
  and u.password_hash is not distinct from coalesce(cast(:password_hash as text), u.password_hash)
  and {HAS_ONE.format(user_id="u.id")}
returning id
"""),  # noqa: S608 - constants
)

BY_TOKEN = Statement(
    "challenge_by_token",
    ChallengeRow,
    text(f"""
select c.id, c.user_id, u.email, u.password_hash, c.method, c.delivery, c.issuer, c.subject, {OPEN} as is_open
from sign_in_challenges c join users u on u.id = c.user_id
where c.token_hash = :token_hash
"""),  # noqa: S608 - constants
)

# The tries are counted before the code is checked. Otherwise guesses at the same time would not count.
TAKE_TRY = Statement(
    "take_try_of_challenge",
    int,
    text(f"""
update sign_in_challenges c set tries = c.tries + 1
from users u where u.id = c.user_id and c.id = :id and {OPEN}
returning (
    select coalesce(sum(o.tries), 0)::int from sign_in_challenges o
    where o.user_id = c.user_id and o.used_at is null and o.created_at > statement_timestamp() - interval '1 day'
)
"""),  # noqa: S608 - constants
)

# The try that is now done was counted already.
USE = Statement(
    "use_challenge",
    str,
    text("""
update sign_in_challenges set used_at = now()
where id = :id and used_at is null and expires_at > statement_timestamp()
returning id
"""),
)

ADD_IDENTITY = Statement(
    "add_identity_to_challenge",
    NoneType,
    text("update sign_in_challenges set issuer = :issuer, subject = :subject where id = :id"),
)

VOID = Statement(
    "void_challenges",
    str,
    text("update sign_in_challenges set used_at = now() where user_id = :user_id and used_at is null returning id"),
)


async def create(connection: Connection, challenge: NewChallenge, password_hash: str | None) -> bool:
    """Store a challenge of an account.

    `password_hash` is as for a session. Returns False, and creates none, if the account has another password hash, has
    no second factor, or is not verified.
    """
    return await CREATE.row(connection, **challenge._asdict(), password_hash=password_hash) is not None


async def add_identity(connection: Connection, id_: str, issuer: str, subject: str) -> None:
    """Let the second step of a challenge add this person at an OpenID provider to the account."""
    await ADD_IDENTITY.run(connection, id=id_, issuer=issuer, subject=subject)


async def by_token(connection: Connection, token_hash: bytes) -> ChallengeRow | None:
    """The challenge that has this token, open or not; None if there is none."""
    return await BY_TOKEN.row(connection, token_hash=token_hash)


async def take_try(connection: Connection, id_: str) -> int | None:
    """Count a try of the second step. Commit before the code is checked. Returns None if the challenge is not open.

    Otherwise returns how many tries of the account failed before, in challenges of the last day that nobody completed.
    """
    return await TAKE_TRY.row(connection, id=id_)


async def use(connection: Connection, id_: str) -> bool:
    """Use a challenge. Returns False if it was used before or has expired; of simultaneous requests one gets True."""
    return await USE.row(connection, id=id_) is not None


async def void(connection: Connection, user_id: str) -> int:
    """Make all open challenges of an account void. Returns their number."""
    return len(await VOID.rows(connection, user_id=user_id))
