"""Links that open one document without a sign-in, for a few minutes, and only while the reader keeps the right.

A link names the document and the credential for which it was made. It is signed, so nobody can name another one. What
opens it asks the policy again with that credential: an ended session, a revoked token or a lost role ends the link.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from itsdangerous import BadData, URLSafeTimedSerializer

from domain.credentials import Credential, CredentialKind

LIFETIME = timedelta(minutes=5)
MAX_LENGTH = 500


class SignedLink(NamedTuple):
    """The address of a document, and the moment until which it can be opened."""

    url: str
    expires_at: datetime


class Linked(NamedTuple):
    """What a link says: the id of the document, and the credential for which the link was made."""

    id: str
    credential: Credential


class SignedLinks:
    """Writes and reads links, with a key that follows from the operator's secret."""

    def __init__(self, secret: str, address: str) -> None:
        """Take the secret, and the address below which Usher is reached.

        Processes with the same secret read the links of each other.
        """
        self._serializer = URLSafeTimedSerializer(
            secret, salt="usher signed links", signer_kwargs={"digest_method": hashlib.sha256}
        )
        self._address = address

    def write(self, path: str, id_: str, credential: Credential) -> SignedLink:
        """Return a link to the document with an id, below a path."""
        expires_at = datetime.now(UTC).replace(microsecond=0) + LIFETIME
        signed = self._serializer.dumps([path, id_, credential.kind.value, credential.token_hash.hex()])
        return SignedLink(f"{self._address}{path}/{signed!s}", expires_at)

    def read(self, path: str, signed: str) -> Linked | None:
        """Return what a link below a path says; None if it was not written with this key, or has expired."""
        if len(signed) > MAX_LENGTH:
            return None
        try:
            found, id_, kind, token_hash = self._serializer.loads(signed, max_age=int(LIFETIME.total_seconds()))
        except BadData:
            return None
        return Linked(id_, Credential(CredentialKind(kind), bytes.fromhex(token_hash))) if found == path else None
