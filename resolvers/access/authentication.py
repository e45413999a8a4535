"""Checks a password, and limits how often somebody may try."""

import hashlib

from db.access import sign_in_failures
from db.core.connection import Connection
from db.people import users
from db.people.users import UserRow
from domain.problems import UserError, UserErrorCode
from resolvers.access import passwords
from resolvers.core.context import Context

# Failed sign-ins after which a wait starts: for one e-mail address from one network address, and from anywhere.
FREE_FROM_ONE_ADDRESS, FREE_FROM_ANYWHERE = 5, 50
WRONG_CREDENTIALS = "The e-mail address or the password is wrong."


async def authenticate(context: Context, email: str, password: str) -> tuple[UserRow | None, UserError | None]:
    """The account with this e-mail address and password, or the error.

    An unknown e-mail address takes the same work as a known one, so that the time does not reveal which accounts exist.
    """
    passwords.require_capacity()
    # An operation must not hold two connections: if all operations waited for a second one, none could continue.
    await context.close()
    async with context.database.transaction() as connection:
        wait = await sign_in_failures.count_attempt(connection, await failure_limits(context, connection, email))
        if wait:
            message = f"Too many failed sign-ins; try again in {wait} s."
            return None, UserError(UserErrorCode.TOO_MANY_ATTEMPTS, message)
        await connection.commit()
        known = await users.credentials(connection, email)
    too_long = len(password) > passwords.MAX_LENGTH
    right = await passwords.verify(known and known.password_hash, "" if too_long else password)
    if known is None or not right:
        return None, UserError(UserErrorCode.INVALID_CREDENTIALS, WRONG_CREDENTIALS)
    return known.user, None


async def failure_limits(context: Context, connection: Connection, email: str) -> dict[bytes, int]:
    """The subjects of a failed sign-in, as hashes, with the number of failures after which each has to wait."""
    # Not Python's lower(): it distinguishes spellings that belong to the same account in the database (i and İ).
    lower = await sign_in_failures.lower_email(connection, email)
    return {
        hashlib.sha256(f"{lower}|{context.address}".encode()).digest(): FREE_FROM_ONE_ADDRESS,
        hashlib.sha256(lower.encode()).digest(): FREE_FROM_ANYWHERE,
    }
