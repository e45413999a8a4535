"""Passwords, hashed with argon2id. The work is done in the order of `resolvers.access.hash_queue`."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from domain.problems import UserError, UserErrorCode
from resolvers.access.hash_queue import QUEUE, Priority

MIN_LENGTH = 10
MAX_LENGTH = 200
# OWASP's minimum for argon2id: 19 MiB, two passes, one lane. The 64 MiB in four lanes of RFC 9106 take eight times
# the work: a flood of wrong passwords then keeps the right ones waiting, and eight threads of argon2 take the processor
# from the event loop. A hash that was stored with other parameters stays valid.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@cache
def _decoy() -> str:
    return HASHER.hash("nobody's password")


def require_capacity() -> None:
    """Raise Unavailable if too many passwords of new accounts are waiting to be hashed."""
    QUEUE.require_room(Priority.NEW)


def errors(password: str) -> list[UserError]:
    """The error of a new password that is too short or too long; else an empty list."""
    if MIN_LENGTH <= len(password) <= MAX_LENGTH:
        return []
    message = f"A password has {MIN_LENGTH} to {MAX_LENGTH} characters."
    return [UserError(UserErrorCode.PASSWORD_INVALID, message, ["password"])]


async def hash_password(password: str, place: str | None = None) -> str:
    """The hash of a password, to be stored. `place` is the place from which it came; places get their turns fairly."""
    return await QUEUE.run(Priority.NEW, lambda: HASHER.hash(password), place)


async def unusable_hash() -> str:
    """The hash of a random password that nobody knows.

    An account that has it stays opened, and a check of a password takes as long as for other accounts.
    """
    return await hash_password(secrets.token_urlsafe(32))


async def verify(password_hash: str | None, password: str, priority: Priority, place: str | None = None) -> bool:
    """Whether the password matches the hash. `place` is as for `hash_password`.

    If `password_hash` is None, the result is False after the same work, so that the time does not reveal whether an
    account has a password.
    """

    def check() -> bool:
        try:
            return HASHER.verify(password_hash or _decoy(), password) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False

    return await QUEUE.run(priority, check, place)
