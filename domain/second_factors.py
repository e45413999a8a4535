"""The second factor of a sign-in: its kinds, its limits, and recovery codes."""

import hashlib
import re
import secrets
from base64 import b32encode
from datetime import timedelta

from domain.described import DescribedText

# A person who mistypes a code has some more tries. Then a new sign-in is needed, and its password is checked again.
MAX_TRIES = 5
CHALLENGE_TERM = timedelta(minutes=10)
# One-time codes as all authenticator apps make them (RFC 6238). One step of difference allows for slow clocks.
STEP_SECONDS, STEPS_OF_DIFFERENCE = 30, 1
RECOVERY_CODES, RECOVERY_BYTES, RECOVERY_GROUP = 10, 10, 4
_RECOVERY_CODE = re.compile(r"[a-z2-7]{16}")
_BETWEEN = re.compile(r"[\s-]+")


class SecondFactor(DescribedText):
    """A kind of second step of a sign-in."""

    AUTHENTICATOR_APP = "authenticator_app", "A code from an authenticator app; send it in `code`."
    PASSKEY = "passkey", "A passkey; send the answer of the browser in `passkey`."
    RECOVERY_CODE = "recovery_code", "One of the recovery codes; send it in `recoveryCode`. Each can be used once."


def new_recovery_codes() -> list[str]:
    """Make the recovery codes of an account, such as `abcd-efgh-ijkl-mnop`."""
    return [_new_recovery_code() for _ in range(RECOVERY_CODES)]


def recovery_code_hash(user_id: str, code: str) -> bytes | None:
    """Return what is stored of a recovery code of an account, or None if the text does not have the form of a code.

    Case, spaces and hyphens do not matter. A code has 80 random bits, so nobody can guess it, and a plain hash is
    enough. The account is part of it, so that one search cannot find the codes of all accounts together.
    """
    plain = _BETWEEN.sub("", code).lower()
    if not _RECOVERY_CODE.fullmatch(plain):
        return None
    return hashlib.sha256(f"{user_id}|{plain}".encode()).digest()


def _new_recovery_code() -> str:
    plain = b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
    return "-".join(plain[start : start + RECOVERY_GROUP] for start in range(0, len(plain), RECOVERY_GROUP))
