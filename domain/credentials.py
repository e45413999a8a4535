"""The secrets that stand for an actor, session tokens and partner tokens, and those in the links of invitations.

A prefix makes a leaked one recognisable (to people and to secret scanners); 256 random bits make it unguessable,
which is why a plain SHA-256 is enough to keep it by.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from enum import Enum


class CredentialKind(Enum):
    """What a secret stands for; the value is its prefix."""

    SESSION = "usher_session_"
    PARTNER = "usher_partner_"
    INVITATION = "usher_invitation_"


@dataclass(frozen=True, slots=True)
class Credential:
    """What is kept of a secret."""

    kind: CredentialKind
    token_hash: bytes


BODY = re.compile(r"[A-Za-z0-9_-]{43}")


def issue(kind: CredentialKind) -> tuple[str, Credential]:
    """A fresh secret, to be shown once, and what to keep of it."""
    secret = kind.value + secrets.token_urlsafe(32)
    return secret, Credential(kind, _hash(secret))


def parse(secret: str) -> Credential | None:
    """The credential of a secret; None when it does not have the form of one."""
    for kind in CredentialKind:
        if secret.startswith(kind.value) and BODY.fullmatch(secret, len(kind.value)):
            return Credential(kind, _hash(secret))
    return None


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
