"""Checks the ID tokens of an OpenID provider (OpenID Connect Core 1.0, 3.1.3.7)."""

from collections.abc import Mapping
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet

# Signatures that only the provider can make. With HS256, everybody who has the client's secret could make one, and with
# `none` everybody; RFC 9864 replaces the name EdDSA.
ALGORITHMS = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), "RSA"),
    **dict.fromkeys(("ES256", "ES384", "ES512"), "EC"),
    "Ed25519": "OKP",
}
"""The allowed algorithms, with the type of their keys."""
REGISTRY = jws.JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
LEEWAY_SECONDS = 60
MAX_SUBJECT = 255
MAX_KEYS = 100


class TokenRefused(Exception):
    """The ID token is not one of this provider for this sign-in. The message says why, without any value of it."""


class KeyMissing(TokenRefused):
    """The token names a key that is not known yet."""


def public_keys(content: object) -> KeySet:
    """Return the keys of a document of keys (RFC 7517) that can check signatures. Raises TokenRefused if it is none.

    Keys that are malformed, of an unknown type, symmetric, or not for signatures are left out.
    """
    listed = content.get("keys") if isinstance(content, dict) else None
    if not isinstance(listed, list):
        raise TokenRefused("the document of keys has no keys")
    return KeySet([key for one in listed[:MAX_KEYS] if (key := _public_key(one)) is not None])


def verified_claims(token: str, keys: KeySet, *, issuer: str, client_id: str, nonce: str) -> dict[str, Any]:
    """Return the claims of an ID token. Raises TokenRefused; KeyMissing if `keys` lacks the key that it names."""
    try:
        header = jws.extract_compact(token.encode()).headers()
        key = _named_key(header, keys)
        claims = jwt.decode(token, key, registry=REGISTRY).claims
        _registry(issuer, client_id, nonce).validate(claims)
    except (JoseError, ValueError, TypeError) as error:
        # The cause stays out of the message: it may quote a part of the token.
        raise TokenRefused(f"the ID token fails a check: {type(error).__name__}") from None
    _require_party(claims, client_id)
    if not isinstance(claims["nonce"], str):
        raise TokenRefused("the ID token has another form of nonce")
    if not is_subject(claims["sub"]):
        raise TokenRefused("the ID token has no usable subject")
    return claims


def is_subject(value: object) -> bool:
    """Return whether a value can be a subject: at most 255 ASCII characters (Core, 2), all of them visible."""
    return isinstance(value, str) and 1 <= len(value) <= MAX_SUBJECT and value.isascii() and value.isprintable()


def _registry(issuer: str, client_id: str, nonce: str) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer},
        sub={"essential": True},
        aud={"essential": True, "value": client_id},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )


def _require_party(claims: Mapping[str, Any], client_id: str) -> None:
    """Raise TokenRefused if the token was made for another client, although this one is in its audience."""
    party, audience = claims.get("azp"), claims["aud"]
    if party is None and isinstance(audience, list) and len(audience) > 1:
        raise TokenRefused("the ID token has several audiences and names none of them as the authorised party")
    if party is not None and party != client_id:
        raise TokenRefused("the ID token is for another authorised party")


def _named_key(header: Mapping[str, Any], keys: KeySet) -> Key:
    """Return the key that a token names. Without a name, the provider must have exactly one key for the algorithm."""
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS:
        raise TokenRefused("the ID token is signed with an algorithm that is not allowed")
    fitting = [key for key in keys if key.key_type == ALGORITHMS[algorithm] and key.alg in (None, algorithm)]
    fitting = [key for key in fitting if kid in (None, key.kid)]
    if len(fitting) == 1 or (fitting and kid is not None):
        return fitting[0]
    raise KeyMissing("the ID token names no known key")


def _public_key(content: object) -> Key | None:
    if not isinstance(content, dict) or content.get("kty") == "oct" or content.get("use", "sig") != "sig":
        return None
    try:
        return JWKRegistry.import_key(content)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
