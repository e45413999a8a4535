"""Passwords, hashed with argon2id in threads, at most two at a time.

Hashing in the event loop would block it. Too many threads would take all memory and processor time.
"""

from functools import cache

import anyio
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from domain.problems import Unavailable

MIN_LENGTH = 10
MAX_LENGTH = 200
MAX_WAITING = 100
# The defaults of argon2-cffi are those of RFC 9106 for little memory: 64 MiB and about 50 ms for each hash.
HASHER = PasswordHasher()


@cache
def _limiter() -> anyio.CapacityLimiter:
    return anyio.CapacityLimiter(2)


@cache
def _decoy() -> str:
    return HASHER.hash("nobody's password")


def require_capacity() -> None:
    """Raise Unavailable if MAX_WAITING hashes are already waiting for a thread.

    Call this before the attempt is counted.
    """
    if _limiter().statistics().tasks_waiting >= MAX_WAITING:
        raise Unavailable("Too many people are signing in. Try again in a moment.")


async def hash_password(password: str) -> str:
    """The hash of a password, to be stored."""
    return await anyio.to_thread.run_sync(HASHER.hash, password, limiter=_limiter())


async def verify(password_hash: str | None, password: str) -> bool:
    """Whether the password matches the hash.

    If `password_hash` is None, the result is False after the same work, so that the time does not reveal whether an
    account has a password.
    """

    def check() -> bool:
        try:
            return HASHER.verify(password_hash or _decoy(), password) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False

    return await anyio.to_thread.run_sync(check, limiter=_limiter())
