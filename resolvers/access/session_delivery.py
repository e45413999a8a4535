"""Begin sessions, and deliver their tokens to the client."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar, cast

from db.access import actors, sign_in_places
from db.access.actors import NewSession
from db.core import ids
from domain.credentials import CredentialKind, issue, parse
from domain.described import Described
from domain.places import place_of, shown_place
from domain.problems import BadInput
from domain.sign_in_methods import SignInMethod
from domain.user_agents import device_of
from resolvers.core.context import PREFLIGHT, Context
from resolvers.core.mutations import Change

LIFETIME = timedelta(days=30)


class SessionDelivery(Described):
    """How the session token reaches the client."""

    BEARER = "bearer", "In `token`; send it as `Authorization: Bearer …`."
    COOKIE = (
        "cookie",
        "In a cookie that no script reads; only if the request has a preflight header (`Usher-Require-Preflight`).",
    )


class SessionDeliveryInput(Protocol):
    """An input that states how to deliver the session token."""

    delivery: SessionDelivery
    dry_run: bool


class SessionTokenPayload(Protocol):
    """A payload that can hold a session token."""

    token: str | None


P = TypeVar("P", bound=SessionTokenPayload)


class PasswordReplaced(Exception):
    """The account has another password than the one with which the person showed who they are."""


async def begin_session(
    change: Change, user_id: str, password_hash: str | None, method: SignInMethod, *, second_factor: bool = False
) -> tuple[str, str, datetime]:
    """Create a session of an account. Returns its id, its token and the time at which it expires.

    `password_hash` is that of the password with which the person proved who they are, None if it was not by a password.
    Then the caller must have required in this transaction that the proof still counts. `second_factor` says whether the
    person has just given a second factor. Raises PasswordReplaced if the account has another password hash by now.
    """
    token, credential = issue(CredentialKind.SESSION)
    session_id, expires_at = ids.new("session"), datetime.now(UTC) + LIFETIME
    origin = (device_of(change.context.user_agent), shown_place(change.context.address))
    session = NewSession(session_id, user_id, credential.token_hash, expires_at, method, second_factor, *origin)
    if not await actors.open_session(change.connection, session, password_hash):
        raise PasswordReplaced
    return session_id, token, expires_at


async def deliver_session(context: Context, input: SessionDeliveryInput, payload: P, password_hash: str | None) -> P:
    """Sign in the rest of the operation, mark the device and the place, and return the payload for the client.

    `password_hash` is the one with which the session began, None if there was no password. The payload has no token if
    the token goes into a cookie, and none in a dry run.
    """
    if payload.token is not None:
        context.credential = parse(payload.token)
        await context.identify()
    if input.dry_run:
        return _without_token(payload)
    if payload.token is not None and context.account is not None and password_hash is not None:
        await mark_origin(context, context.account.id, password_hash)
    if input.delivery is SessionDelivery.COOKIE and payload.token is not None:
        context.cookie = payload.token
        return _without_token(payload)
    return payload


async def mark_origin(context: Context, user_id: str, password_hash: str) -> None:
    """Mark the device and the place of the request as known for this account, after a success that proves who it is.

    Marks nothing if the account does not have this password hash any more.
    """
    await context.close()
    async with context.database.connection() as connection:
        place = place_of(context.address)
        is_marked = await sign_in_places.remember(connection, user_id, password_hash, place)
    if is_marked:
        cookies, cookie = context.device_cookies, context.device_cookie or context.device
        context.device_cookie = cookies.mark(cookie, user_id, password_hash, context.today)


def _without_token(payload: P) -> P:
    changed: P = replace(cast("Any", payload), token=None)
    return changed


def require_deliverable(context: Context, delivery: SessionDelivery) -> None:
    """Raise BadInput if the session token cannot be delivered in this way."""
    if delivery is SessionDelivery.COOKIE and not context.preflighted:
        raise BadInput(f"A cookie is only set for requests with the header `{PREFLIGHT}: 1`.")
