"""The mutations to sign up, sign in and sign out."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import ClassVar

from email_validator import EmailNotValidError

from db.access import actors
from db.core import ids
from db.people import users
from db.people.users import UserRow
from domain.actions import Action
from domain.names import NAME_RULE, is_name
from domain.problems import Unauthenticated, UserError, UserErrorCode
from domain.subjects import Person
from policies import facts
from resolvers.access import passwords
from resolvers.access.admission import admit_new_account
from resolvers.access.authentication import authenticate
from resolvers.access.session_delivery import SessionDelivery, begin_session, deliver_session, require_deliverable
from resolvers.core import emails
from resolvers.core.context import SIGN_IN, Info
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, performs, run_mutation

TAKEN_ERROR = UserError(
    UserErrorCode.EMAIL_TAKEN, "An account with this e-mail address already exists. Sign in to it.", ["email"]
)
INVITED_ERROR = UserError(
    UserErrorCode.INVITATION_PENDING,
    "This e-mail address was invited to a team. Use the link in the invitation mail, or ask for a new invitation.",
    ["email"],
)


@dataclass
class SignUpInput(MutationInput):
    """A new account. You sign in with the e-mail address and the password, which has 10 to 200 characters."""

    SECRETS: ClassVar = ("password",)

    email: str
    password: str
    first_name: str
    last_name: str
    delivery: SessionDelivery = SessionDelivery.BEARER


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
class SessionPayload:
    """The person who is now signed in, and the session token to send as `Authorization: Bearer …`."""

    SECRETS: ClassVar = ("token",)

    user: UserRow | None = None
    token: str | None = field(
        default=None,
        metadata={"description": "Null if it went into a cookie, in a dry run, and in the answer to a repeat."},
    )
    expires_at: datetime | None = field(
        default=None, metadata={"description": "When the session ends; null if none was started."}
    )
    errors: list[UserError] = field(default_factory=list)


@dataclass
class SignOutPayload:
    """Whether a session was ended."""

    signed_out: bool = False
    errors: list[UserError] = field(default_factory=list)


@performs(Action.ACCOUNTS_CREATE)
async def sign_up(info: Info, input: SignUpInput) -> SessionPayload:
    """Open an account and sign in to it.

    Errors: EMAIL_INVALID, EMAIL_TAKEN (in upper or lower case), PASSWORD_INVALID, NAME_INVALID. INVITATION_PENDING if
    this e-mail address was invited: then the link in the invitation mail opens the account. TOO_MANY_ATTEMPTS after
    many sign-ups or failed sign-ins from your network address.
    """
    context = info.context
    context.require(Action.ACCOUNTS_CREATE, facts.GATEWAY)
    require_deliverable(context, input.delivery)
    email, errors = _validated(input)
    if errors:
        return SessionPayload(errors=errors)
    passwords.require_capacity()
    # In a repeat the account already exists. The password identifies its owner, under the same limits as a sign-in.
    repeater = (await authenticate(context, email, input.password)).user if input.idempotency_key else None
    # It also gives the connection back, so that other requests can use it during the wait for a hash.
    if error := await admit_new_account(context):
        return SessionPayload(errors=[error])
    password_hash = await passwords.hash_password(input.password)

    async def work(change: Change, input: SignUpInput) -> SessionPayload:
        names = (input.first_name.strip(), input.last_name.strip())
        unopened = await users.find_unopened(change.connection, email)
        user = UserRow(unopened.id if unopened else ids.new("user"), email, *names, datetime.now(UTC))
        await change.decide(facts.GATEWAY, key_owner=repeater.id if repeater else user.id)
        if unopened is None:
            opened = user if await users.create(change.connection, user, password_hash) else None
        elif unopened.is_invited or unopened.is_member:
            opened = None
        else:
            # The account was created for an invitation that has been revoked. It has no membership to take over.
            opened = await users.open_account(change.connection, unopened.id, password_hash, *names)
        if opened is None:
            # Store no answer: a repeat would find it only with the right password, and so reveal a right guess.
            await change.connection.rollback()
            change.key_owner = None
            return SessionPayload(errors=[INVITED_ERROR if unopened and unopened.is_invited else TAKEN_ERROR])
        return await _start_session(change, opened)

    payload = await run_mutation(context, Action.ACCOUNTS_CREATE, work, input, SessionPayload)
    return await deliver_session(context, input, payload)


@performs(Action.SESSIONS_CREATE)
async def sign_in(info: Info, input: SignInInput) -> SessionPayload:
    """Sign in with an e-mail address and a password. The session lasts 30 days.

    INVALID_CREDENTIALS means that the password is wrong or the e-mail address is unknown. TOO_MANY_ATTEMPTS follows
    repeated failures: `retryAfter` says how long to wait, and a new attempt during the wait does not prolong it. The
    answer marks the device with a cookie: there you can sign in even while others try passwords for your account.
    """
    context = info.context
    context.require(Action.SESSIONS_CREATE, facts.GATEWAY)
    require_deliverable(context, input.delivery)
    email = _normal_form(input.email)
    user, error, attempt = await authenticate(context, email, input.password)
    if user is None or attempt is None:
        return SessionPayload(errors=[error] if error else [])
    account, counted = user, attempt

    async def work(change: Change, _: SignInInput) -> SessionPayload:
        await change.decide(facts.GATEWAY, key_owner=account.id)
        await counted.forget(change.connection)
        return await _start_session(change, account)

    payload = await run_mutation(context, Action.SESSIONS_CREATE, work, input, SessionPayload)
    return await deliver_session(context, input, payload)


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


async def _start_session(change: Change, user: UserRow) -> SessionPayload:
    session_id, token, expires_at = await begin_session(change.connection, user.id)
    await change.record(None, user.id, {}, {"session": session_id}, by=user.id)
    return SessionPayload(user, token, expires_at)


def _normal_form(email: str) -> str:
    """The normal form of an e-mail address, its case kept. An invalid address is returned unchanged."""
    try:
        return emails.valid(email)
    except EmailNotValidError:
        return email


def _validated(input: SignUpInput) -> tuple[str, list[UserError]]:
    """The normal form of the e-mail address, and all errors of the input."""
    errors, email = [], ""
    try:
        email = emails.valid(input.email)
    except EmailNotValidError as error:
        errors.append(UserError(UserErrorCode.EMAIL_INVALID, str(error), ["email"]))
    if not passwords.MIN_LENGTH <= len(input.password) <= passwords.MAX_LENGTH:
        message = f"A password has {passwords.MIN_LENGTH} to {passwords.MAX_LENGTH} characters."
        errors.append(UserError(UserErrorCode.PASSWORD_INVALID, message, ["password"]))
    for name, value in (("firstName", input.first_name), ("lastName", input.last_name)):
        if not is_name(value):
            errors.append(UserError(UserErrorCode.NAME_INVALID, NAME_RULE, [name]))
    return email, errors
