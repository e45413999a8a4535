"""Finds the credential of a request: a bearer token, or else the session in a cookie of the browser."""

from dataclasses import dataclass

from starlette.requests import Request

from domain.credentials import Credential, CredentialFault, CredentialKind, parse
from domain.devices import DeviceCookies
from domain.problems import InvalidCredential, Unauthenticated
from gateway.http.refusals import PreflightRequired
from resolvers.core.context import PREFLIGHT

SESSION_COOKIE = "usher_session"
DEVICE_COOKIE = "usher_device"
FLOW_COOKIE = "usher_openid"
# The id that the actor of the request must have.
PERSON = "Usher-Person"
# A page of another origin can send none of these headers before the browser has asked Usher (CORS). The clients of
# Apollo send the last two. JSON as media type does not count: browsers have had faults that let pages send it.
PREFLIGHT_HEADERS = (PREFLIGHT, "Apollo-Require-Preflight", "X-Apollo-Operation-Name")
PREFLIGHT_NAMES = frozenset(name.lower().encode() for name in PREFLIGHT_HEADERS)


@dataclass(frozen=True, slots=True)
class Presented:
    """What a request presents as credential.

    `credential` is None if the request names no actor. `others` are further sessions in cookies of the same name; only
    the database knows which of them is valid. `refusal` is the error if what is presented cannot be a credential.
    """

    credential: Credential | None = None
    others: tuple[Credential, ...] = ()
    refusal: Unauthenticated | None = None


NOTHING = Presented()


def is_preflighted(request: Request) -> bool:
    """Return whether the request has a header that a page of another origin can send only after a preflight."""
    return any(name in PREFLIGHT_NAMES for name, _ in request.scope["headers"])


def presented(request: Request, *, preflighted: bool) -> Presented:
    """Return the bearer token of a request, else the cookie of the browser.

    A cookie without a token needs a preflight header: a form of another site can make a browser send the cookie, but
    not the header. Raises PreflightRequired.
    """
    header = request.headers.get("authorization")
    if header is not None:
        return _bearer(header)
    values = cookie_values(request, session_cookie_name(request))
    if not values:
        return NOTHING
    if not preflighted:
        raise PreflightRequired(f"A request with a cookie needs the header `{PREFLIGHT}: 1`.")
    # Another host of the domain may have set cookies of this name, too. Their order says nothing about who set which.
    found = [one for one in map(parse, dict.fromkeys(values)) if one and one.kind is CredentialKind.SESSION]
    return Presented(found[0], tuple(found[1:])) if found else Presented(refusal=_malformed())


def device_cookie(request: Request, devices: DeviceCookies) -> str:
    """Return the cookie that marks the device, "" without one. Of several, the first one with a valid signature."""
    values = cookie_values(request, device_cookie_name(request))
    if len(values) > 1:
        values = [value for value in values if devices.read(value)]
    return values[0] if values else ""


def cookie_values(request: Request, name: str) -> list[str]:
    """Return all values of a cookie. Starlette reads one header, and returns the last value only."""
    pairs = (pair.partition("=") for header in request.headers.getlist("cookie") for pair in header.split(";"))
    return [value.strip().strip('"') for given, _, value in pairs if given.strip() == name]


def session_cookie_name(request: Request) -> str:
    """Return the name of the cookie of a session. Over HTTPS no other host of the domain can set it."""
    return _own_name(request, SESSION_COOKIE)


def device_cookie_name(request: Request) -> str:
    """Return the name of the cookie that marks a device. Over HTTPS no other host of the domain can set it."""
    return _own_name(request, DEVICE_COOKIE)


def flow_cookie_name(request: Request) -> str:
    """Return the name of the cookie of a sign-in at a provider. Over HTTPS no other host of the domain can set it."""
    return _own_name(request, FLOW_COOKIE)


def _own_name(request: Request, name: str) -> str:
    """Return the name of a cookie that browsers take over HTTPS only, and only from this host (RFC 6265bis, 4.1.3)."""
    return f"__Host-{name}" if request.scope["scheme"] == "https" else name


def _bearer(header: str) -> Presented:
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer":
        message = "Use `Authorization: Bearer …` with a session token or a partner token."
        return Presented(refusal=Unauthenticated(message))
    found = parse(secret.strip())
    return Presented(refusal=_malformed()) if found is None else Presented(found)


def _malformed() -> InvalidCredential:
    return InvalidCredential(CredentialFault.MALFORMED)
