"""Begin sessions, and deliver their tokens to the client."""

from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Protocol, TypeVar

from db.access import actors, second_factors, sign_in_challenges, sign_in_places
from db.access.actors import NewSession
from db.access.sign_in_challenges import NewChallenge
from db.core import ids
from domain.credentials import CredentialKind, issue, parse
from domain.described import Described
from domain.places import place_of, shown_place
from domain.problems import BadInput
from domain.second_factors import CHALLENGE_TERM, SecondFactor
from domain.sign_in_methods import SignInMethod
from domain.user_agents import device_of
from resolvers.core.context import PREFLIGHT, Context
from resolvers.core.mutation_types import MutationInput
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


@dataclass
class NewPasswordInput(MutationInput):
    """The token from a link, and a new password, which has 10 to 200 characters."""

    SECRETS: ClassVar = ("token", "password")

    token: str
    password: str
    delivery: SessionDelivery = SessionDelivery.BEARER


@dataclass(kw_only=True)
class SessionStart:
    """The fields of a payload that can hold a session token, or the token of a challenge."""

    SECRETS: ClassVar = ("token", "challenge")
    # The fields that a dry run leaves out.
    NOT_IN_DRY_RUN: ClassVar[tuple[str, ...]] = SECRETS

    token: str | None = field(
        default=None,
        metadata={
            "description": (
                "The session token, to send as `Authorization: Bearer …`. Null if no session was started, if it was "
                "sent in a cookie, and in a dry run or a repeat."
            )
        },
    )
    expires_at: datetime | None = field(
        default=None, metadata={"description": "When the session ends; null if none was started."}
    )
    challenge: str | None = field(
        default=None,
        metadata={
            "description": (
                "If the account has a second factor, send this and the second step to `completeSignIn`. Null if no "
                "second factor is needed, and in a dry run or a repeat."
            )
        },
    )
    challenge_expires_at: datetime | None = field(
        default=None, metadata={"description": "Until when `challenge` can be used; null if there is none."}
    )
    second_factors: list[SecondFactor] = field(
        default_factory=list,
        metadata={"description": "The kinds of second step that the account can do; empty if none is needed."},
    )


P = TypeVar("P", bound=SessionStart)


class PasswordReplaced(Exception):
    """The account has another password than the one with which the person showed who they are."""


@dataclass(frozen=True)
class Begun:
    """A session that began, or in its place a challenge, because the account has a second factor that was not given.

    `audited` are the values for the audit log, and `start` has the fields of the payload.
    """

    audited: dict[str, str]
    start: SessionStart

    def shown(self) -> dict[str, Any]:
        """The fields of the payload, by name."""
        return asdict(self.start)


async def begin_session(
    change: Change,
    user_id: str,
    password_hash: str | None,
    delivery: SessionDelivery,
    method: SignInMethod,
    *,
    second_factor: bool = False,
) -> Begun:
    """Create a session of an account, or a challenge if the account has a second factor that was not given.

    `password_hash` is that of the password with which the person proved who they are, None if it was not by a password.
    Then the caller must have required in this transaction that the proof still counts. `second_factor` says whether the
    person has just given a second factor. Raises PasswordReplaced if the account has another password hash by now.
    """
    token, credential = issue(CredentialKind.SESSION)
    session_id, expires_at = ids.new("session"), datetime.now(UTC) + LIFETIME
    origin = (device_of(change.context.user_agent), shown_place(change.context.address))
    session = NewSession(session_id, user_id, credential.token_hash, expires_at, method, second_factor, *origin)
    if await actors.open_session(change.connection, session, password_hash):
        return Begun({"session": session_id}, SessionStart(token=token, expires_at=expires_at))
    return await _begin_challenge(change, user_id, password_hash, delivery, method)


async def _begin_challenge(
    change: Change, user_id: str, password_hash: str | None, delivery: SessionDelivery, method: SignInMethod
) -> Begun:
    """Create a challenge. Raises PasswordReplaced if no second factor is the reason why there is no session."""
    token, credential = issue(CredentialKind.CHALLENGE)
    id_, expires_at = ids.new("challenge"), datetime.now(UTC) + CHALLENGE_TERM
    challenge = NewChallenge(id_, user_id, credential.token_hash, method, delivery.value, expires_at)
    if not await sign_in_challenges.create(change.connection, challenge, password_hash):
        raise PasswordReplaced
    offered = (await second_factors.of_account(change.connection, user_id)).offered
    start = SessionStart(challenge=token, challenge_expires_at=expires_at, second_factors=offered)
    return Begun({"challenge": id_}, start)


async def deliver_session(context: Context, input: SessionDeliveryInput, payload: P, password_hash: str | None) -> P:
    """Sign in the rest of the operation, mark the device and the place, and return the payload for the client.

    `password_hash` is the one with which the session began, None if there was no password. The payload has no token if
    the token goes into a cookie, and none in a dry run.
    A challenge signs nobody in and marks nothing, because a password alone does not prove who it is. Nor does a dry
    run: else the person could be read as without a session, and without a row in the audit log.
    """
    if input.dry_run:
        return _without(payload, *payload.NOT_IN_DRY_RUN)
    if payload.token is not None:
        # A person may sign in on the page of somebody else whose session has ended. The session is there already.
        context.credential, context.person = parse(payload.token), ""
        await context.identify()
    if payload.token is not None and context.account is not None and password_hash is not None:
        await mark_origin(context, context.account.id, password_hash)
    if input.delivery is SessionDelivery.COOKIE and payload.token is not None:
        context.cookie = payload.token
        return _without(payload, "token")
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


def _without(payload: P, *secrets: str) -> P:
    cleared: dict[str, Any] = dict.fromkeys(secrets)
    return replace(payload, **cleared)


def require_deliverable(context: Context, delivery: SessionDelivery) -> None:
    """Raise BadInput if the session token cannot be delivered in this way."""
    if delivery is SessionDelivery.COOKIE and not context.preflighted:
        raise BadInput(f"A cookie is only set for requests with the header `{PREFLIGHT}: 1`.")
