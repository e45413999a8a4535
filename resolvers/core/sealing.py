"""Secrets that Usher must be able to read again, encrypted with a key that follows from the operator's secret.

Most secrets need only a hash. The secret of an authenticator app is needed to check each code, so it is encrypted:
somebody who reads the database, or a backup of it, cannot make codes.
"""

import hmac

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

_HEADER = {"alg": "dir", "enc": "A256GCM"}


class Seal:
    """Encrypts texts for an owner, and decrypts them. Processes with the same secret read the texts of each other."""

    def __init__(self, secret: str) -> None:
        """Take the operator's secret."""
        self._key = OctKey.import_key(hmac.digest(secret.encode(), b"usher sealed secrets", "sha256"))

    def close(self, text: str, owner: str) -> str:
        """Return a text encrypted for an owner, such as an account."""
        return jwe.encrypt_compact({**_HEADER, "kid": owner}, text, self._key)

    def open(self, sealed: str, owner: str) -> str | None:
        """Return the text; None if it was encrypted with another secret, for another owner, or was changed."""
        try:
            found = jwe.decrypt_compact(sealed, self._key, algorithms=[*_HEADER.values()])
        except (JoseError, ValueError):
            return None
        if found.plaintext is None or found.protected.get("kid") != owner:
            return None
        return found.plaintext.decode()
