"""Checks a password, within the limits of `resolvers.access.admission`."""

from typing import NamedTuple

from db.people import users
from db.people.users import Credentials
from domain.problems import UserError, UserErrorCode
from resolvers.access import passwords
from resolvers.access.admission import Admitted, admit
from resolvers.core.context import Context

WRONG_CREDENTIALS = UserError(
    UserErrorCode.INVALID_CREDENTIALS,
    "The e-mail address or the password is wrong. If you have just signed up, first open the link in the mail.",
)


class Authenticated(NamedTuple):
    """The account if the password is right, else the error. `attempt` is what was counted, None if it had to wait.

    The password may be changed while its hash is computed. So whatever follows must require the account's
    `password_hash` again, in its own transaction.
    """

    account: Credentials | None
    error: UserError | None
    attempt: Admitted | None


async def authenticate(context: Context, email: str, password: str) -> Authenticated:
    """The account with this e-mail address and password, or the error.

    An unknown e-mail address takes the same work as a known one, so that the time does not reveal which accounts exist.
    Raises Unavailable if too many hashes wait already.
    """
    attempt = await admit(context, email)
    if isinstance(attempt, UserError):
        return Authenticated(None, attempt, None)
    known = attempt.known
    right = await passwords.verify(known and known.password_hash, password, attempt.priority)
    if known is None or not right:
        return Authenticated(None, WRONG_CREDENTIALS, attempt)
    return Authenticated(known, None, attempt)


async def is_current(context: Context, account: Credentials) -> bool:
    """Whether the account still has the password hash that was verified. Call it before an answer is given again."""
    if account.password_hash is None:
        return False
    async with context.reading() as connection:
        return await users.has_password(connection, account.user.id, account.password_hash)
