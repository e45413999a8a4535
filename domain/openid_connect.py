"""Sign-in by OpenID Connect: what a provider says about a person, and the signed cookie of a sign-in that has begun.

The cookie binds the answer of the provider to the browser in which the sign-in began. It names the page to which the
person returns, so that no link can send them elsewhere.
"""

import hmac
import json
import re
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import asdict, dataclass

from domain.languages import Language

# How long a sign-in may take, at the provider and on the way back.
LIFETIME_SECONDS = 600
MAX_RETURN_LENGTH = 1_000
MAX_COOKIE_LENGTH = 4_000
# A path of this host. A second slash or a backslash would make browsers read the name of another host.
LOCAL = re.compile(r"/(?![/\\])[!-\[\]-~]*")
SIGNATURE_BYTES = 32


@dataclass(frozen=True, slots=True)
class SignInProvider:
    """A provider by which people may sign in. `name` is what people call it; `url` begins a sign-in."""

    issuer: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Claims:
    """What a provider says about a person. Only `issuer` and `subject` together identify the person for good.

    `is_verified` says that the provider has verified the address, and `second_factor` that the person used one there.
    """

    issuer: str
    subject: str
    email: str | None
    is_verified: bool
    first_name: str
    last_name: str
    language: Language
    second_factor: bool


@dataclass(frozen=True, slots=True)
class SignInFlow:
    """A sign-in that has begun in a browser.

    `state` comes back in the address and `nonce` in the ID token. `verifier` is the secret of PKCE. `ends_at` is a Unix
    time. `session_hash` is set if a signed-in person adds the provider to their account: the hash (hex) of the token of
    their session, which is no credential by itself.
    """

    state: str
    nonce: str
    verifier: str
    return_to: str
    ends_at: int
    session_hash: str | None = None


def begin_flow(return_to: str, session_hash: str | None = None) -> SignInFlow:
    """Return a new sign-in with new secrets. `return_to` must be local, see `is_local`."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return SignInFlow(state, nonce, verifier, return_to, int(time.time()) + LIFETIME_SECONDS, session_hash)


def is_local(path: str) -> bool:
    """Return whether a text is a path of this host, to which a person may be sent back after a sign-in."""
    return len(path) <= MAX_RETURN_LENGTH and LOCAL.fullmatch(path) is not None


class FlowCookies:
    """Writes and reads the cookies of sign-ins, with a key that follows from the operator's secret."""

    def __init__(self, secret: str) -> None:
        """Take the secret. Processes with the same secret accept the cookies of each other."""
        self._key = hmac.digest(secret.encode(), b"usher openid connect cookie", "sha256")

    def write(self, flow: SignInFlow) -> str:
        """Return the cookie of a sign-in."""
        content = json.dumps(asdict(flow), separators=(",", ":")).encode()
        return urlsafe_b64encode(content + self._signature(content)).decode()

    def read(self, cookie: str) -> SignInFlow | None:
        """Return the sign-in of a cookie; None if it took too long, or if the cookie was not written with this key."""
        if len(cookie) > MAX_COOKIE_LENGTH:
            return None
        try:
            signed = urlsafe_b64decode(cookie.encode("ascii"))
        except (Error, ValueError):
            return None
        content, signature = signed[:-SIGNATURE_BYTES], signed[-SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._signature(content)):
            return None
        flow = SignInFlow(**json.loads(content))
        return flow if flow.ends_at > time.time() else None

    def _signature(self, content: bytes) -> bytes:
        return hmac.digest(self._key, content, "sha256")


@dataclass(frozen=True, slots=True)
class ProviderSignIns:
    """The sign-ins at one provider, and the cookies of those that have begun."""

    provider: SignInProvider
    cookies: FlowCookies
