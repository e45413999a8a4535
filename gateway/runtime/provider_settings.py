"""The settings of sign-in by OpenID Connect, which belong together."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from gateway.runtime.settings import Settings, SettingsError

BEGIN = "/sign-in/openid-connect"
LINK, CALLBACK = f"{BEGIN}/link", f"{BEGIN}/callback"
# A screen of the console.
SECOND_STEP = "/sign-in/second-step"
NAMES = ("USHER_OIDC_ISSUER", "USHER_OIDC_CLIENT_ID", "USHER_OIDC_CLIENT_SECRET")


@dataclass(frozen=True)
class ProviderSettings:
    """How Usher is known at the provider.

    `second_factor` are the values of `amr` and `acr` that say that the person used a second factor there.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    second_factor: frozenset[str] = frozenset()


def provider_settings(chosen: Settings) -> ProviderSettings | None:
    """Return the settings of the provider; None if there is none. Raises SettingsError if one of them is missing."""
    secret = _secret(chosen)
    given = (chosen.oidc_issuer, chosen.oidc_client_id, secret)
    if not any(given):
        return None
    missing = [name for name, value in zip(NAMES, given, strict=True) if not value]
    if missing or chosen.oidc_issuer is None or chosen.oidc_client_id is None or secret is None:
        raise SettingsError(
            f"{missing[0]}: must be set, too. Sign-in by OpenID Connect needs all of {', '.join(NAMES)} "
            "(or USHER_OIDC_CLIENT_SECRET_FILE)."
        )
    name = chosen.oidc_name or urlsplit(chosen.oidc_issuer).hostname or chosen.oidc_issuer
    return ProviderSettings(
        chosen.oidc_issuer, chosen.oidc_client_id, secret, name, frozenset(chosen.oidc_second_factor)
    )


def _secret(chosen: Settings) -> str | None:
    """The secret of the client, from its own setting or from the file that the other one names."""
    path = chosen.oidc_client_secret_file
    if path is None:
        return chosen.oidc_client_secret
    if chosen.oidc_client_secret is not None:
        raise SettingsError("USHER_OIDC_CLIENT_SECRET_FILE: is set together with USHER_OIDC_CLIENT_SECRET. Set one.")
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise SettingsError(f"USHER_OIDC_CLIENT_SECRET_FILE: cannot be read ({type(error).__name__}).") from None
