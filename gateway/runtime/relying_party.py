"""The site to which passkeys belong: its domain and its origins follow from the address at which people open Usher."""

from urllib.parse import urlsplit

from domain.passkeys import Challenges, RelyingParty
from gateway.runtime.addresses import LOOPBACK, ascii_domain
from gateway.runtime.settings import Settings, SettingsError

LOCALHOST = "localhost"
PORTS = {"http": 80, "https": 443}


def relying_party(chosen: Settings, secret: str) -> RelyingParty:
    """Return the site of these settings. `secret` signs the challenges. Raises SettingsError for a wrong domain.

    Browsers know passkeys of domains only, not of addresses. So a loopback address counts as `localhost`. Pages of the
    allowed origins may use the passkeys, too, if they are of the same domain or below it; browsers allow no others.
    """
    url = urlsplit(chosen.links)
    host = url.hostname or ""
    try:
        domain = LOCALHOST if host in LOOPBACK else ascii_domain(host).lower()
    except ValueError as error:
        raise SettingsError(f"USHER_PUBLIC_URL: {error}.") from None
    shown = f"[{domain}]" if ":" in domain else domain
    port = f":{url.port}" if url.port not in {None, PORTS[url.scheme]} else ""
    others = (origin for origin in chosen.allowed_origins if _is_of(origin, domain))
    return RelyingParty(domain, tuple(dict.fromkeys((f"{url.scheme}://{shown}{port}", *others))), Challenges(secret))


def _is_of(origin: str, domain: str) -> bool:
    host = urlsplit(origin).hostname or ""
    return host == domain or host.endswith(f".{domain}")
