"""Passkeys (WebAuthn): the site that they belong to, the challenges that they sign, and where they are kept.

A challenge is signed and not stored: it holds a random part and the time at which it expires, and a code over both, its
purpose and its owner. So strangers who ask for challenges write nothing. The hash of a challenge is stored when it is
used, so that it is used once.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from domain.described import DescribedText

LIFETIME = timedelta(minutes=5)
"""How long a challenge can be used. It is also the time that a browser gives the person."""
MAX_PASSKEYS = 20
"""The most passkeys of an account. The options for browsers name all of them."""
RANDOM_BYTES, TIME_BYTES, CODE_BYTES = 16, 8, 32
LENGTH = RANDOM_BYTES + TIME_BYTES + CODE_BYTES


class PasskeyDevice(DescribedText):
    """Where a passkey is kept, as far as the browser tells."""

    SYNCED = "synced", "In a password manager, which may bring it to all devices of the person."
    BUILT_IN = "built_in", "In the device on which it was made, and only there."
    SECURITY_KEY = "security_key", "In a security key, which is plugged in or held near."

    @classmethod
    def of(cls, *, synced: bool, transports: Collection[str]) -> "PasskeyDevice":
        """Where a passkey is kept that may be copied to other devices, or that is reached in these ways."""
        if synced:
            return cls.SYNCED
        return cls.BUILT_IN if "internal" in transports else cls.SECURITY_KEY


class Purpose(Enum):
    """What the answer to a challenge does. An answer to a challenge of another purpose is refused."""

    ADD = b"add"
    SIGN_IN = b"sign in"
    SECOND_STEP = b"second step"


class Challenges:
    """Makes challenges and checks them, with a key that follows from the operator's secret."""

    def __init__(self, secret: str) -> None:
        """Take the secret. Processes with the same secret accept the challenges of each other."""
        self._key = hmac.digest(secret.encode(), b"usher passkey challenge", "sha256")

    def issue(self, purpose: Purpose, owner: str, now: datetime) -> bytes:
        """Make a challenge. `owner` is an id that has to be known again when it is used; "" if nobody is known yet."""
        expires = int((now + LIFETIME).timestamp()).to_bytes(TIME_BYTES, "big")
        signed = secrets.token_bytes(RANDOM_BYTES) + expires
        return signed + self._code(purpose, owner, signed)

    def is_valid(self, challenge: bytes, purpose: Purpose, owner: str, now: datetime) -> bool:
        """Whether the challenge was made with this key, for this purpose and this owner, and has not expired."""
        signed, code = challenge[:-CODE_BYTES], challenge[-CODE_BYTES:]
        if len(challenge) != LENGTH or not hmac.compare_digest(code, self._code(purpose, owner, signed)):
            return False
        return now.timestamp() < int.from_bytes(signed[RANDOM_BYTES:], "big")

    def _code(self, purpose: Purpose, owner: str, signed: bytes) -> bytes:
        return hmac.digest(self._key, b"|".join((purpose.value, owner.encode(), signed)), "sha256")


@dataclass(frozen=True)
class RelyingParty:
    """The site to which passkeys belong: its domain, and the origins of the pages that may use them.

    Browsers offer a passkey only to pages of its domain, and say in each answer which origin the page had.
    """

    domain: str
    origins: tuple[str, ...]
    challenges: Challenges

    @classmethod
    def unnamed(cls) -> "RelyingParty":
        """The site of a process that serves no pages, such as a command: no answer of a browser is right for it."""
        return cls("localhost", (), Challenges(secrets.token_hex()))


def challenge_hash(challenge: bytes) -> bytes:
    """The SHA-256 of a challenge (32 bytes), as it is stored when the challenge is used."""
    return hashlib.sha256(challenge).digest()
