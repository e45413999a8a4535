"""The mutations to sign in and sign out."""

from dataclasses import dataclass, field
from typing import ClassVar

from db.access import actors
from db.people.users import UserRow
from domain.actions import Action
from domain.problems import Unauthenticated, UserError
from domain.sign_in_methods import SignInMethod
from domain.subjects import Person
from policies import facts
from resolvers.access.authentication import WRONG_CREDENTIALS, authenticate, is_current
from resolvers.access.session_delivery import (
    Begun,
    PasswordReplaced,
    SessionDelivery,
    SessionStart,
    begin_session,
    deliver_session,
    require_deliverable,
)
from resolvers.core import emails
from resolvers.core.context import SIGN_IN, Info
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, performs, run_mutation


@dataclass
class SignInInput(MutationInput):
    """The e-mail address and the password of an account."""

    SECRETS: ClassVar = ("password",)

    email: str
    password: str
    delivery: SessionDelivery = SessionDelivery.BEARER


class SignOutInput(MutationInput):
    """Sign out from the session of this request."""


@dataclass
class SessionPayload(SessionStart):
    """The person who is now signed in, and the session token; or a challenge, if a second step is needed.

    A dry run signs nobody in: `errors`, `expiresAt` and `challengeExpiresAt` say what would happen.
    """

    NOT_IN_DRY_RUN: ClassVar[tuple[str, ...]] = ("user", *SessionStart.NOT_IN_DRY_RUN)

    user: UserRow | None = field(
        default=None, metadata={"description": "The person who is signed in now; null if nobody is, and in a dry run."}
    )
    errors: list[UserError] = field(default_factory=list)


@dataclass
class SignOutPayload:
    """Whether a session was ended."""

    signed_out: bool = field(default=False, metadata={"description": "Whether a session was ended."})
    errors: list[UserError] = field(default_factory=list)


@performs(Action.SESSIONS_CREATE)
async def sign_in(info: Info, input: SignInInput) -> SessionPayload:
    """Sign in with an e-mail address and a password. The session lasts 30 days.

    If the account has a second factor, no session begins yet: send `challenge` and the second step to `completeSignIn`.

    INVALID_CREDENTIALS means that the password is wrong, or that the e-mail address is unknown or not verified.
    TOO_MANY_ATTEMPTS follows repeated failures: `retryAfter` says how long to wait, and a new attempt during the wait
    does not prolong it. The answer marks the device with a cookie: there you can sign in even while others try
    passwords for your account.
    """
    context = info.context
    context.require(Action.SESSIONS_CREATE, facts.GATEWAY)
    require_deliverable(context, input.delivery)
    email = emails.normal(input.email) or input.email
    account, error, attempt = await authenticate(context, email, input.password)
    if account is None or attempt is None or account.password_hash is None:
        return SessionPayload(errors=[error] if error else [])
    user, password_hash, counted = account.user, account.password_hash, attempt

    async def work(change: Change, _: SignInInput) -> SessionPayload:
        await change.decide(facts.GATEWAY, key_owner=user.id)
        await counted.forget(change.connection)
        return await _start_session(change, user, password_hash, input.delivery)

    try:
        payload = await run_mutation(context, Action.SESSIONS_CREATE, work, input, SessionPayload)
    except PasswordReplaced:
        return SessionPayload(errors=[WRONG_CREDENTIALS])
    is_repeat = payload.token is None and payload.challenge is None
    if is_repeat and not await is_current(context, account):
        return SessionPayload(errors=[WRONG_CREDENTIALS])
    return await deliver_session(context, input, payload, password_hash)


@performs(Action.SESSIONS_END)
async def sign_out(info: Info, input: SignOutInput) -> SignOutPayload:
    """End the session of this request. Its token and its cookie are invalid from then on."""

    async def work(change: Change, _: SignOutInput) -> SignOutPayload:
        # The session owns the key. If the person owned it, a repeat from another session would end nothing and still
        # return the first answer.
        session_id = change.actor.session_id if isinstance(change.actor, Person) else None
        await change.decide(facts.GATEWAY, key_owner=session_id)
        if session_id is None:
            raise Unauthenticated(SIGN_IN)
        ended = await actors.end_session(change.connection, session_id)
        await change.record(None, session_id, {}, {"ended": ended})
        return SignOutPayload(ended)

    payload = await run_mutation(info.context, Action.SESSIONS_END, work, input, SignOutPayload)
    if not input.dry_run:
        info.context.cookie = ""
    return payload


async def _start_session(
    change: Change, user: UserRow, password_hash: str, delivery: SessionDelivery
) -> SessionPayload:
    begun = await begin_session(change, user.id, password_hash, delivery, SignInMethod.PASSWORD)
    await change.record(None, user.id, {}, begun.audited, by=user.id)
    return session_payload(user, begun)


def session_payload(user: UserRow, begun: Begun) -> SessionPayload:
    """The payload of a session that began, or of a challenge. Nobody is signed in by a challenge."""
    return SessionPayload(None if begun.start.token is None else user, **begun.shown())
