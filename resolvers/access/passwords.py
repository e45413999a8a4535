"""Passwords: argon2id in threads, a few at a time, so that signing in neither blocks nor drains the process."""

from functools import cache

import anyio
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from domain.problems import Unavailable

MIN_LENGTH = 10
MAX_LENGTH = 200
MAX_WAITING = 100
# argon2-cffi's defaults are those of RFC 9106 for small machines: 64 MiB and some 50 ms each.
HASHER = PasswordHasher()


@cache
def _limiter() -> anyio.CapacityLimiter:
    return anyio.CapacityLimiter(2)


@cache
def _decoy() -> str:
    return HASHER.hash("nobody's password")


def ready() -> None:
    """Go on only if the queue is worth waiting in; before anything is counted. Raises Unavailable."""
    if _limiter().statistics().tasks_waiting >= MAX_WAITING:
        raise Unavailable("Too many are signing in; try again in a moment.")


async def hashed(password: str) -> str:
    """What to keep of a password."""
    return await anyio.to_thread.run_sync(HASHER.hash, password, limiter=_limiter())


async def verify(password_hash: str | None, password: str) -> bool:
    """Whether it is the password. Without a hash it is not, after the same work: the two must take alike."""

    def check() -> bool:
        try:
            return HASHER.verify(password_hash or _decoy(), password) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False

    return await anyio.to_thread.run_sync(check, limiter=_limiter())
