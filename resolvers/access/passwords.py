"""Passwords, hashed with argon2id. The work is done in the order of `resolvers.access.hash_queue`."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from domain import text
from domain.problems import UserError, UserErrorCode
from resolvers.access.hash_queue import QUEUE, Priority

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


def errors(password: str, field: str = "password") -> list[UserError]:
    """The error of a new password that is too short or too long, or has control characters; else an empty list.

    `field` is the field of the input that has the password.
    """
    if len(text.password(password) or "") in text.PASSWORD_LENGTHS:
        return []
    return [UserError(UserErrorCode.PASSWORD_INVALID, text.PASSWORD_RULE, [field])]


async def hash_password(password: str, place: str | None = None) -> str:
    """The hash of a password, to be stored. `place` is the place from which it came; places get their turns fairly.

    The password must be valid. It is hashed in its prepared form: one keyboard types é as one character and another as
    two, and the person must be able to sign in with both.
    """
    prepared = text.password(password)
    if prepared is None:
        raise ValueError("the password is not valid")
    return await QUEUE.run(Priority.NEW, lambda: HASHER.hash(prepared), place)


async def unusable_hash() -> str:
    """The hash of a random password that nobody knows.

    An account that has it stays opened, and a check of a password takes as long as for other accounts.
    """
    return await hash_password(secrets.token_urlsafe(32))


async def verify(password_hash: str | None, password: str, priority: Priority, place: str | None = None) -> bool:
    """Whether the password matches the hash, prepared or as it was typed. `place` is as for `hash_password`.

    Hashes from before passwords were prepared have the password as it was typed. The second form is tried only if it
    differs, which depends on nothing but what was typed. If `password_hash` is None, the result is False after the same
    work. So the time does not reveal whether an account has a password, or what kind of hash it has.
    """
    forms = text.passwords(password)

    def check() -> bool:
        return any(_matches(password_hash or _decoy(), form) for form in forms) and password_hash is not None

    return await QUEUE.run(priority, check, place)


def _matches(password_hash: str, form: str) -> bool:
    try:
        return HASHER.verify(password_hash, form)
    except (VerificationError, InvalidHashError):
        return False
