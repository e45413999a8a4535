"""Signing in by OpenID Connect, after the provider has said who the person is.

A known identity leads to its account, whatever addresses both have. A new one needs an address that the provider has
verified. It leads to the account with this address if its owner has verified it too, and else it opens one. If that
account has a second factor, the identity is added when it was given, whatever the provider says about its own. If an
identity was removed from it, no address adds one again.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from db.access import identities, sign_in_challenges
from db.access.identities import AddressedAccount, IdentifiedAccount, IdentityRow
from db.core import ids
from db.people import users
from db.people.users import UserRow
from domain import text
from domain.actions import Action
from domain.mails import AccountEvent
from domain.openid_connect import Claims, SignInFlow
from domain.problems import Unavailable, UserError, UserErrorCode
from domain.sign_in_methods import SignInMethod
from policies import facts
from resolvers.access import passwords
from resolvers.access.account_notices import notify
from resolvers.access.admission import CallbackAttempt
from resolvers.access.matched_identities import match_identity
from resolvers.access.session_delivery import PasswordReplaced, SessionDelivery, begin_session
from resolvers.access.sessions import SessionPayload, session_payload
from resolvers.access.takeover import end_access
from resolvers.core import emails
from resolvers.core.context import Context
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, run_mutation

ATTEMPTS = 3

OVER = UserError(UserErrorCode.SIGN_IN_OVER, "This sign-in was used already. Begin again.")
NO_ADDRESS = UserError(
    UserErrorCode.EMAIL_INVALID,
    "The provider gave no valid e-mail address. Allow it to give your address, or sign in in another way.",
)
UNVERIFIED = UserError(
    UserErrorCode.EMAIL_UNVERIFIED,
    "The provider has not verified your e-mail address. Verify it there and begin again, or sign in in another way.",
)
ACCOUNT_UNVERIFIED = UserError(
    UserErrorCode.ACCOUNT_UNVERIFIED,
    "An account with your e-mail address exists, but nobody has verified the address. Sign up with the address and a "
    "password, open the link in the mail, and begin again.",
)
DIFFERS = UserError(
    UserErrorCode.IDENTITY_DIFFERS,
    "The account with your e-mail address is linked to another person at the provider. If it is yours, sign in in "
    "another way, and replace the link in your account. If not, ask the operator.",
)

ENDED = UserError(
    UserErrorCode.IDENTITY_ENDED,
    "A sign-in at this provider was removed from the account with your e-mail address. Sign in in another way, and add "
    "it in your account.",
)


@dataclass(frozen=True)
class Callback:
    """A person who has come back from the provider: what it said, the sign-in that began, and the counted attempt."""

    claims: Claims
    flow: SignInFlow
    attempt: CallbackAttempt

    async def spend(self, change: Change) -> bool:
        """Use the sign-in, which works once, and give the attempt back. Returns False if it was used before."""
        ends_at = datetime.fromtimestamp(self.flow.ends_at, UTC)
        await self.attempt.give_back(change.connection)
        return await identities.spend(change.connection, self.flow.state, ends_at)

    async def add_to(self, change: Change, user_id: str) -> IdentityRow | None:
        """Add the person at the provider to an account, and queue the mail that tells its owner.

        Returns None, and adds nothing, in the cases of `db.access.identities.add`.
        """
        issuer, subject = self.claims.issuer, self.claims.subject
        added = await identities.add(change.connection, ids.new("identity"), issuer, subject, user_id)
        if added is not None:
            await notify(change, user_id, AccountEvent.IDENTITY_LINKED)
        return added


class _Changed(Exception):
    """Another request has changed the account or the identity meanwhile, so the case is another one now."""


Begin = Callable[[Change], Awaitable[SessionPayload]]


async def sign_in(context: Context, callback: Callback) -> SessionPayload:
    """Sign in the person that the provider named, and sign them up first if they are new.

    The payload has a user error if that is not possible. Raises Unauthenticated or Forbidden if the policy does not
    allow it, and Unavailable if the account changes all the time.
    """
    for _ in range(ATTEMPTS):
        await context.close()
        with suppress(_Changed, PasswordReplaced):
            return await _sign_in_once(context, callback)
    raise Unavailable("The account is being changed. Begin again.")


async def _sign_in_once(context: Context, callback: Callback) -> SessionPayload:
    claims = callback.claims
    async with context.reading() as connection:
        known = await identities.account_of(connection, claims.issuer, claims.subject)
    if known is not None:
        password_hash = known.password_hash or await passwords.unusable_hash()
        return await _run(context, Action.SESSIONS_CREATE, callback, partial(_use, callback, known, password_hash))
    email = emails.normal(claims.email or "")
    if email is None or not claims.is_verified:
        return SessionPayload(errors=[NO_ADDRESS if email is None else UNVERIFIED])
    async with context.reading() as connection:
        account = await identities.account_with(connection, email, claims.issuer)
    if account is not None and (error := _refusal(account)) is not None:
        return SessionPayload(errors=[error])
    password_hash = (account and account.password_hash) or await passwords.unusable_hash()
    if account is None or not account.is_verified:
        return await _run(context, Action.ACCOUNTS_CREATE, callback, partial(_open, callback, email, password_hash))
    begin = partial(_ask_first if account.has_second_factor else _match, callback, account, password_hash)
    return await _run(context, Action.IDENTITIES_MATCH, callback, begin)


def _refusal(account: AddressedAccount) -> UserError | None:
    """Why a new identity does not lead to the account with its address; None if it may."""
    if account.password_hash and not account.is_verified:
        return ACCOUNT_UNVERIFIED
    if account.has_identity:
        return DIFFERS
    return ENDED if account.had_identity else None


async def _run(context: Context, action: Action, callback: Callback, begin: Begin) -> SessionPayload:
    """Begin a session in one way, under one action, unless the sign-in was used before."""

    async def work(change: Change, _: MutationInput) -> SessionPayload:
        await change.decide(facts.GATEWAY)
        if not await callback.spend(change):
            return SessionPayload(errors=[OVER])
        return await begin(change)

    return await run_mutation(context, action, work, MutationInput(), SessionPayload)


async def _use(callback: Callback, known: IdentifiedAccount, password_hash: str, change: Change) -> SessionPayload:
    """Sign in with an identity that the account has. An account that the operator made may have no password yet."""
    if not await identities.use(change.connection, known.identity_id):
        raise _Changed
    await users.fill_password(change.connection, known.user.id, password_hash)
    return await _start(change, callback, known.user, password_hash, known.identity_id)


async def _match(callback: Callback, account: AddressedAccount, password_hash: str, change: Change) -> SessionPayload:
    """Sign in for the first time to the account that has the verified address."""
    claims, user = callback.claims, account.user
    added = await match_identity(change, claims.issuer, claims.subject, user.id, proven=False)
    if added is None:
        raise _Changed
    await users.fill_password(change.connection, user.id, password_hash)
    return await _start(change, callback, user, password_hash, added.id)


async def _ask_first(
    callback: Callback, account: AddressedAccount, password_hash: str, change: Change
) -> SessionPayload:
    """Ask for the second factor of the account that has the verified address. The second step adds the identity.

    The provider's own second factor does not stand for it: only an identity of the account may say so.
    """
    user, claims = account.user, callback.claims
    await users.fill_password(change.connection, user.id, password_hash)
    begun = await begin_session(change, user.id, password_hash, SessionDelivery.COOKIE, SignInMethod.OPENID_CONNECT)
    challenge_id = begun.audited.get("challenge")
    if challenge_id is None:
        raise _Changed
    await sign_in_challenges.add_identity(change.connection, challenge_id, claims.issuer, claims.subject)
    await change.record(None, user.id, {}, {**begun.audited}, by=user.id)
    return session_payload(user, begun)


async def _open(callback: Callback, email: str, unusable: str, change: Change) -> SessionPayload:
    """Open an account for a new person, or the one that an invitation made. Nobody knows its password."""
    names, language = _names(callback.claims, email), callback.claims.language
    new_id = ids.new("user")
    user = await users.claim(change.connection, new_id, email, unusable, names, language, password_known=False)
    if user is None:
        raise _Changed
    ended = await end_access(change.connection, user.id)
    added = await callback.add_to(change, user.id)
    if added is None:
        raise _Changed
    return await _start(change, callback, user, unusable, added.id, **ended)


async def _start(
    change: Change, callback: Callback, user: UserRow, password_hash: str, identity_id: str, **more: object
) -> SessionPayload:
    # A reset of the password removes the identity. With the hash, no session begins after it either.
    delivery, method = SessionDelivery.COOKIE, SignInMethod.OPENID_CONNECT
    second_factor = callback.claims.second_factor
    begun = await begin_session(change, user.id, password_hash, delivery, method, second_factor=second_factor)
    await change.record(None, user.id, {}, {**begun.audited, "identity": identity_id, **more}, by=user.id)
    return session_payload(user, begun)


def _names(claims: Claims, email: str) -> tuple[str, str]:
    """The first and the last name that the provider gives; without a usable one, the address stands for the name."""
    first = text.display_name(claims.first_name)
    if first is None:
        return text.display_name(email.partition("@")[0]) or "?", ""
    return first, text.last_name(claims.last_name) or ""
