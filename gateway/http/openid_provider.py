"""The OpenID provider of the operator's choice: where a sign-in goes, and what the provider says afterwards.

The metadata and the keys of the provider are read when they are first needed, and kept for an hour. If the provider is
away then, they stay in use for a day.
"""

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote_plus

import httpx
from joserfc.jwk import KeySet
from pydantic import BaseModel, ValidationError, field_validator

from domain.languages import Language
from domain.openid_connect import Claims, SignInFlow
from gateway.http.id_tokens import KeyMissing, TokenRefused, public_keys, verified_claims
from gateway.http.provider_client import OAuthError, ProviderUnavailable, calling, fetch_json
from gateway.runtime.addresses import one_line, secure_address
from gateway.runtime.provider_settings import ProviderSettings

METADATA = "/.well-known/openid-configuration"
SCOPES = "openid email profile"
FRESH_SECONDS, KEPT_SECONDS = 3_600, 86_400
# After a failure, the provider is left alone for a moment, and nobody waits for it.
PAUSE_SECONDS = 5.0
# A token may name a key that is new at the provider. Made-up names must not let Usher flood it.
MAX_RENEWALS, RENEWAL_SECONDS = 5, 300
MAX_CALLS = 16
"""The exchanges that may run at once in a process. If the provider is slow, further people are told to try later."""
# What the provider answers to the token request if it does not accept Usher itself.
REFUSES_CLIENT = frozenset({"invalid_client", "unauthorized_client"})
MAX_SHOWN = 200
"""The most characters of the provider's issuer that the log has."""
ERROR_CODE = re.compile(r"[a-z_]{1,40}")


class Metadata(BaseModel):
    """The part of the provider's metadata that Usher uses (OpenID Connect Discovery 1.0, 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]
    authorization_response_iss_parameter_supported: bool = False

    @field_validator("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
    @classmethod
    def _secure(cls, value: str | None) -> str | None:
        return None if value is None else secure_address(value)


@dataclass(frozen=True)
class _Known:
    """What was read of the provider, and when."""

    metadata: Metadata
    keys: KeySet
    read_at: float = field(default_factory=time.monotonic)

    @property
    def age(self) -> float:
        """The seconds since it was read."""
        return time.monotonic() - self.read_at


class OpenIdProvider:
    """One provider, for one process."""

    def __init__(self, settings: ProviderSettings, callback: str) -> None:
        """Take the settings, and the address to which the provider sends people back. It is not asked anything yet."""
        self._settings = settings
        self._callback = callback
        # It takes a while to make, so all requests share it.
        self._tls = httpx.create_ssl_context()
        self._known: _Known | None = None
        self._reading = asyncio.Lock()
        self._failed_at = -PAUSE_SECONDS
        self._renewals: list[float] = []
        self._calls = 0

    async def authorization_url(self, flow: SignInFlow) -> str:
        """Return the address at the provider where the person signs in. Raises ProviderUnavailable."""
        metadata, chosen = (await self._current()).metadata, self._settings
        options = {"redirect_uri": self._callback, "scope": SCOPES, "verify": self._tls}
        async with calling(client_id=chosen.client_id, code_challenge_method="S256", **options) as client:
            url, _ = client.create_authorization_url(
                metadata.authorization_endpoint, state=flow.state, nonce=flow.nonce, code_verifier=flow.verifier
            )
        return str(url)

    async def claims(self, flow: SignInFlow, code: str, issuer: str | None) -> Claims:
        """Return what the provider says about the person who came back with this code.

        `issuer` is the parameter `iss` of the callback (RFC 9207). Raises TokenRefused and ProviderUnavailable.
        """
        if self._calls >= MAX_CALLS:
            raise ProviderUnavailable("too many sign-ins wait for it")
        self._calls += 1
        try:
            known = await self._current()
            self._require_issuer(known.metadata, issuer)
            token = await self._exchange(known.metadata, flow, code)
            claims = await self._verified(known, flow, str(token.get("id_token", "")))
            return self._claims(await self._with_userinfo(known.metadata, claims, token))
        finally:
            self._calls -= 1

    def _require_issuer(self, metadata: Metadata, given: str | None) -> None:
        """Raise TokenRefused if the answer may come from another provider, which would get the code (RFC 9207)."""
        if given is None and metadata.authorization_response_iss_parameter_supported:
            raise TokenRefused("the callback lacks the issuer")
        if given is not None and given != self._settings.issuer:
            raise TokenRefused("the callback is from another issuer")

    async def _exchange(self, metadata: Metadata, flow: SignInFlow, code: str) -> Mapping[str, Any]:
        async with calling(**self._options(metadata)) as client:
            try:
                token: dict[str, Any] = await client.fetch_token(
                    metadata.token_endpoint, grant_type="authorization_code", code=code, code_verifier=flow.verifier
                )
            except OAuthError as error:
                reason = error.error if ERROR_CODE.fullmatch(error.error or "") else "an error"
                if reason in REFUSES_CLIENT:
                    raise ProviderUnavailable(f"the provider refused Usher: {reason}") from None
                raise TokenRefused(f"the provider refused the code: {reason}") from None
        return token

    async def _verified(self, known: _Known, flow: SignInFlow, id_token: str) -> dict[str, Any]:
        """The checked claims of the ID token. If it names an unknown key, the keys are read again."""
        expected = {"issuer": self._settings.issuer, "client_id": self._settings.client_id, "nonce": flow.nonce}
        try:
            return verified_claims(id_token, known.keys, **expected)
        except KeyMissing:
            return verified_claims(id_token, await self._renewed_keys(known), **expected)

    async def _with_userinfo(
        self, metadata: Metadata, claims: dict[str, Any], token: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The claims, with those of the userinfo endpoint if the ID token lacks the e-mail address."""
        access_token = token.get("access_token")
        if "email" in claims or metadata.userinfo_endpoint is None or not isinstance(access_token, str):
            return claims
        async with calling(verify=self._tls) as client:
            more = await fetch_json(client, metadata.userinfo_endpoint, access_token)
        if more.get("sub") != claims["sub"]:
            raise TokenRefused("the userinfo is about another person")
        return more | claims

    def _claims(self, claims: Mapping[str, Any]) -> Claims:
        email, methods = claims.get("email"), claims.get("amr")
        used = {one for one in (*(methods if isinstance(methods, list) else ()), claims.get("acr")) if _is_text(one)}
        return Claims(
            issuer=self._settings.issuer,
            subject=claims["sub"],
            email=email if _is_text(email) else None,
            # Some providers send the word instead of the value.
            is_verified=claims.get("email_verified") is True or claims.get("email_verified") == "true",
            first_name=_text(claims.get("given_name")) or _text(claims.get("name")),
            last_name=_text(claims.get("family_name")) if _text(claims.get("given_name")) else "",
            language=Language.DE if _text(claims.get("locale")).startswith("de") else Language.EN,
            second_factor=bool(used & self._settings.second_factor),
        )

    async def _current(self) -> _Known:
        """What is known of the provider, read again if it is old. Raises ProviderUnavailable."""
        known = self._known
        if known is not None and known.age < FRESH_SECONDS:
            return known
        async with self._reading:
            if self._known is not None and self._known is not known:
                return self._known  # another request has read it meanwhile
            try:
                self._known = await self._read()
            except ProviderUnavailable:
                if known is None or known.age > KEPT_SECONDS:
                    raise
                return known
            return self._known

    async def _read(self) -> _Known:
        """Read the metadata and the keys. Raises ProviderUnavailable, at once if that failed a moment ago."""
        if time.monotonic() - self._failed_at < PAUSE_SECONDS:
            raise ProviderUnavailable("it failed a moment ago")
        try:
            metadata = await self._read_metadata()
            return _Known(metadata, await self._read_keys(metadata))
        except ProviderUnavailable:
            self._failed_at = time.monotonic()
            raise

    async def _read_metadata(self) -> Metadata:
        async with calling(verify=self._tls) as client:
            content = await fetch_json(client, self._settings.issuer.rstrip("/") + METADATA)
        try:
            metadata = Metadata.model_validate(content)
        except ValidationError:
            raise ProviderUnavailable("its metadata are malformed") from None
        if metadata.issuer != self._settings.issuer:
            other = one_line(metadata.issuer)[:MAX_SHOWN]
            raise ProviderUnavailable(
                f"its metadata are of the issuer {other}, but USHER_OIDC_ISSUER is {self._settings.issuer}"
            )
        return metadata

    async def _read_keys(self, metadata: Metadata) -> KeySet:
        async with calling(verify=self._tls) as client:
            content = await fetch_json(client, metadata.jwks_uri)
        try:
            return public_keys(content)
        except TokenRefused as error:
            raise ProviderUnavailable(str(error)) from None

    async def _renewed_keys(self, known: _Known) -> KeySet:
        """The keys, read again, but only a few times in five minutes. Raises TokenRefused and ProviderUnavailable."""
        async with self._reading:
            if self._known is not None and self._known is not known:
                return self._known.keys
            now = time.monotonic()
            self._renewals = [at for at in self._renewals if now - at < RENEWAL_SECONDS]
            if len(self._renewals) >= MAX_RENEWALS:
                raise TokenRefused("the ID token names no known key, and the keys were read again often")
            self._renewals.append(now)
            self._known = replace(known, keys=await self._read_keys(known.metadata))
            return self._known.keys

    def _options(self, metadata: Metadata) -> dict[str, Any]:
        """How Usher shows who it is. HTTP Basic is what every provider must know, and needs an encoding (RFC 6749)."""
        chosen = self._settings
        methods = metadata.token_endpoint_auth_methods_supported
        is_basic = "client_secret_basic" in methods or "client_secret_post" not in methods
        encode = quote_plus if is_basic else str
        return {
            "client_id": encode(chosen.client_id),
            "client_secret": encode(chosen.client_secret),
            "token_endpoint_auth_method": "client_secret_basic" if is_basic else "client_secret_post",
            "redirect_uri": self._callback,
            "verify": self._tls,
        }


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
