"""Sessions begun, and how their tokens reach the client."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar, cast

from sqlalchemy.ext.asyncio import AsyncConnection

from db.access import actors
from db.core import ids
from domain.credentials import CredentialKind, issue, parse
from domain.described import Described
from domain.problems import BadInput
from resolvers.core.context import PREFLIGHT, Context

LIFETIME = timedelta(days=30)


class SessionDelivery(Described):
    """How the session token reaches the client."""

    BEARER = "bearer", "In `token`; send it as `Authorization: Bearer …`."
    COOKIE = (
        "cookie",
        "In a cookie that scripts cannot read; only for requests with the header `Usher-Require-Preflight: 1`.",
    )


class Delivering(Protocol):
    """An input that says how to deliver a session."""

    delivery: SessionDelivery
    dry_run: bool


class Delivered(Protocol):
    """A payload with a session token, if there is one."""

    token: str | None


P = TypeVar("P", bound=Delivered)


async def begun(connection: AsyncConnection, user_id: str) -> tuple[str, str, datetime]:
    """A new session of an account: its id, its token and its end."""
    token, credential = issue(CredentialKind.SESSION)
    session_id, expires_at = ids.new("session"), datetime.now(UTC) + LIFETIME
    await actors.open_session(connection, session_id, user_id, credential.token_hash, expires_at)
    return session_id, token, expires_at


async def delivered(context: Context, input: Delivering, payload: P) -> P:
    """The payload without what must not be in it; the rest of the operation is read as who signed in."""
    if payload.token is not None:
        context.credential = parse(payload.token)
        await context.identify()
    if input.dry_run:
        return _silent(payload)
    if input.delivery is SessionDelivery.COOKIE and payload.token is not None:
        context.cookie = payload.token
        return _silent(payload)
    return payload


def _silent(payload: P) -> P:
    silent: P = replace(cast("Any", payload), token=None)
    return silent


def deliverable(context: Context, delivery: SessionDelivery) -> None:
    """Go on only if the session can be delivered so. Raises BadInput."""
    if delivery is SessionDelivery.COOKIE and not context.preflighted:
        raise BadInput(f"A cookie is only set for requests with the header `{PREFLIGHT}: 1`.")
