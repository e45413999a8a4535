"""What is known about a session when its person confirms a sensitive change."""

from typing import NamedTuple

from sqlalchemy import text

from db.access.second_factors import HAS_ONE
from db.core.connection import Connection
from db.core.statements import Statement


class ConfirmingSession(NamedTuple):
    """The account of a session. `is_fresh` says whether the person signed in at most 10 minutes ago.

    `has_password`: it has a password, and not only the hash of a random one that nobody knows.

    `lacks_second_factor`: the account has a second factor, and none was given in this session.
    """

    email: str
    has_password: bool
    is_fresh: bool
    lacks_second_factor: bool


CONFIRMING = Statement(
    "confirming_session",
    ConfirmingSession,
    text(f"""
select u.email, u.password_hash is not null and u.password_known as has_password,
       s.authenticated_at > statement_timestamp() - interval '10 minutes' as is_fresh,
       s.second_factor_at is null and {HAS_ONE.format(user_id="u.id")} as lacks_second_factor
from sessions s join users u on u.id = s.user_id
where s.id = :session_id and s.ended_at is null
"""),  # noqa: S608 - constants
)


async def of_session(connection: Connection, session_id: str) -> ConfirmingSession | None:
    """The account of a session, and whether the session is fresh; None if it has ended."""
    return await CONFIRMING.row(connection, session_id=session_id)
