"""Secrets that Usher must be able to read again, encrypted with a key that follows from the operator's secret.

Most secrets need only a hash. The secret of an authenticator app is needed to check each code, so it is encrypted:
somebody who reads the database, or a backup of it, cannot make codes.

The library for it is loaded when it is first needed: with what it uses, it takes 9 MiB of each worker.
"""

import hmac

_HEADER = {"alg": "dir", "enc": "A256GCM"}


class Seal:
    """Encrypts texts for an owner, and decrypts them. Processes with the same secret read the texts of each other."""

    def __init__(self, secret: str) -> None:
        """Take the operator's secret."""
        self._key = hmac.digest(secret.encode(), b"usher sealed secrets", "sha256")

    def close(self, text: str, owner: str) -> str:
        """Return a text encrypted for an owner, such as an account."""
        from joserfc import jwe, jwk  # noqa: PLC0415

        return jwe.encrypt_compact({**_HEADER, "kid": owner}, text, jwk.OctKey.import_key(self._key))

    def open(self, sealed: str, owner: str) -> str | None:
        """Return the text; None if it was encrypted with another secret, for another owner, or was changed."""
        from joserfc import errors, jwe, jwk  # noqa: PLC0415

        key = jwk.OctKey.import_key(self._key)
        try:
            found = jwe.decrypt_compact(sealed, key, algorithms=[*_HEADER.values()])
        except (errors.JoseError, ValueError):
            return None
        if found.plaintext is None or found.protected.get("kid") != owner:
            return None
        return found.plaintext.decode()
