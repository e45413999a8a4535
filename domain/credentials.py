"""The secrets that Usher issues: session tokens, partner tokens, and the secrets in the links of mails.

A prefix lets people and secret scanners recognise a leaked secret. A secret has 256 random bits, so nobody can guess
it; therefore a plain SHA-256 hash is enough to store it safely.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from enum import Enum

from domain.described import Described


class CredentialKind(Enum):
    """The use of a secret. The value is the prefix of such secrets."""

    SESSION = "usher_session_"
    PARTNER = "usher_partner_"
    INVITATION = "usher_invitation_"
    SIGN_UP = "usher_signup_"
    RESET = "usher_reset_"
    EMAIL_CHANGE = "usher_email_"
    EMAIL_UNDO = "usher_undo_"
    CHALLENGE = "usher_challenge_"


class CredentialFault(Described):
    """Why a credential identifies nobody.

    A text has the form of a credential or not, which everybody can see. That a credential has ended is told only to
    somebody who has it.
    """

    MALFORMED = (
        "malformed",
        "The token is malformed: it is neither a session token nor a partner token, or a part of it is missing.",
    )
    UNKNOWN = "unknown", "The token is not known here. Sign in again, or ask for a new one."
    EXPIRED = "expired", "The token has expired. Sign in again, or ask for a new one."
    ENDED = "ended", "The session has ended. Sign in again."
    REVOKED = "revoked", "The token was revoked. Ask for a new one."


@dataclass(frozen=True, slots=True)
class Credential:
    """What Usher stores of a secret: its kind and its SHA-256 hash (32 bytes)."""

    kind: CredentialKind
    token_hash: bytes


BODY = re.compile(r"[A-Za-z0-9_-]{43}")


def issue(kind: CredentialKind) -> tuple[str, Credential]:
    """Make a new secret. Return it, to show it once, and the credential to store."""
    secret = kind.value + secrets.token_urlsafe(32)
    return secret, Credential(kind, _hash(secret))


def parse(secret: str) -> Credential | None:
    """Return the credential of a secret, or None if the text does not have the form of a secret."""
    for kind in CredentialKind:
        if secret.startswith(kind.value) and BODY.fullmatch(secret, len(kind.value)):
            return Credential(kind, _hash(secret))
    return None


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
