"""Devices on which somebody signed in before. A signed cookie marks a device for the accounts that signed in on it.

The cookie holds a random number of the device, and an entry for each account: the day of the sign-in, and a keyed hash
of the account and its password hash. It names no account, it helps only for its own accounts, and an entry ends when
the password changes. It signs nobody in: it only passes limits of sign-ins.
"""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from datetime import date, timedelta

# An entry is valid for this time after the last sign-in. A device has at most so many accounts; the oldest ends first.
LIFETIME = timedelta(days=180)
MAX_ACCOUNTS = 8
DEVICE_BYTES, DAY_BYTES, ACCOUNT_BYTES, SIGNATURE_BYTES = 16, 3, 16, 32
ENTRY_BYTES = DAY_BYTES + ACCOUNT_BYTES
MAX_LENGTH = (DEVICE_BYTES + MAX_ACCOUNTS * ENTRY_BYTES + SIGNATURE_BYTES) * 4 // 3 + 4


@dataclass(frozen=True, slots=True)
class Device:
    """A device: its random number, and the accounts that signed in on it, the last one first."""

    number: bytes
    accounts: tuple[tuple[date, bytes], ...] = ()


class DeviceCookies:
    """Reads and writes the cookies of devices, with a key that follows from the operator's secret."""

    def __init__(self, secret: str) -> None:
        """Take the secret. Processes with the same secret accept the cookies of each other."""
        self._key = hmac.digest(secret.encode(), b"usher device cookie", "sha256")

    def read(self, cookie: str) -> Device | None:
        """Return the device of a cookie; None if the cookie was not written with this key."""
        if len(cookie) > MAX_LENGTH:
            return None
        try:
            content = urlsafe_b64decode(cookie.encode("ascii") + b"=" * (-len(cookie) % 4))
        except (Error, ValueError):
            return None
        signed, signature = content[:-SIGNATURE_BYTES], content[-SIGNATURE_BYTES:]
        if len(signed) < DEVICE_BYTES or not hmac.compare_digest(signature, self._signature(signed)):
            return None
        entries = range(DEVICE_BYTES, len(signed), ENTRY_BYTES)
        return Device(signed[:DEVICE_BYTES], tuple(_entry(signed[start : start + ENTRY_BYTES]) for start in entries))

    def knows(self, device: Device, user_id: str, password_hash: str, today: date) -> bool:
        """Whether somebody signed in to this account on the device, with the password that is still valid."""
        account = self._account(user_id, password_hash)
        matches = [hmac.compare_digest(known, account) and today - day < LIFETIME for day, known in device.accounts]
        return any(matches)

    def mark(self, cookie: str, user_id: str, password_hash: str, today: date) -> str:
        """Return the cookie of the same device, or of a new one, after a sign-in to this account."""
        device = self.read(cookie) or Device(secrets.token_bytes(DEVICE_BYTES))
        account = self._account(user_id, password_hash)
        others = [entry for entry in device.accounts if entry[1] != account and today - entry[0] < LIFETIME]
        entries = [(today, account), *others][:MAX_ACCOUNTS]
        signed = device.number + b"".join(day.toordinal().to_bytes(DAY_BYTES, "big") + known for day, known in entries)
        return urlsafe_b64encode(signed + self._signature(signed)).decode().rstrip("=")

    def _account(self, user_id: str, password_hash: str) -> bytes:
        return hmac.digest(self._key, f"account|{user_id}|{password_hash}".encode(), "sha256")[:ACCOUNT_BYTES]

    def _signature(self, signed: bytes) -> bytes:
        return hmac.digest(self._key, b"cookie|" + signed, "sha256")


def _entry(entry: bytes) -> tuple[date, bytes]:
    return date.fromordinal(int.from_bytes(entry[:DAY_BYTES], "big")), entry[DAY_BYTES:]
