"""One-time codes of authenticator apps (TOTP, RFC 6238): six digits that change every 30 seconds."""

import hmac
import re
import time

import pyotp

from domain.second_factors import STEP_SECONDS, STEPS_OF_DIFFERENCE

ISSUER = "Usher"
_CODE = re.compile(r"[0-9]{6}")


def new_secret() -> str:
    """A new secret, 160 random bits in base32."""
    return pyotp.random_base32()


def uri(secret: str, email: str) -> str:
    """The `otpauth:` URI of a secret, which apps read from a QR code."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=email, issuer_name=ISSUER)


def step_of(secret: str, code: str) -> int | None:
    """The time step of a code: the present one, or one next to it. None if it is the code of none of them.

    Spaces in the code do not matter: apps show some.
    """
    plain = "".join(code.split())
    if not _CODE.fullmatch(plain):
        return None
    codes, now = pyotp.TOTP(secret, interval=STEP_SECONDS), int(time.time()) // STEP_SECONDS
    steps = range(now - STEPS_OF_DIFFERENCE, now + STEPS_OF_DIFFERENCE + 1)
    return next((step for step in steps if hmac.compare_digest(codes.generate_otp(step), plain)), None)
