"""One-time codes of the authenticator apps that `World.authenticator` makes."""

import time

import pyotp

OPERATORS_SECRET = "the secret of the operator of these tests"
"""What encrypts the secrets of authenticator apps in the gateway of the tests."""


def code(secret: str, steps: int = 0) -> str:
    """The code that an app with this secret shows now, or so many steps of 30 seconds later."""
    return pyotp.TOTP(secret).at(time.time(), counter_offset=steps)
