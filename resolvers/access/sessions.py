"""Signing up, in and out."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import ClassVar

from email_validator import EmailNotValidError
from sqlalchemy.ext.asyncio import AsyncConnection

from db.access import actors, sign_in_failures
from db.core import ids
from db.core.engine import commit, rollback, transaction
from db.people import users
from db.people.users import UserRow
from domain.actions import Action
from domain.names import NAME_RULE, is_name
from domain.problems import Unauthenticated, UserError, UserErrorCode
from domain.subjects import Person
from policies import facts
from resolvers.access import passwords
from resolvers.access.session_delivery import SessionDelivery, begun, deliverable, delivered
from resolvers.core import emails
from resolvers.core.context import SIGN_IN, Context, Info
from resolvers.core.mutations import Change, MutationInput, carry_out, performs

# Failures before waiting starts: of one e-mail address from one network address, and from everywhere.
FREE_HERE, FREE_EVERYWHERE = 5, 50
TAKEN = UserError(UserErrorCode.EMAIL_TAKEN, "An account with this e-mail address exists; sign in to it.", ["email"])
INVITED = UserError(
    UserErrorCode.INVITATION_PENDING,
    "Somebody was invited with this e-mail address: use the link in that mail, or ask for a new one.",
    ["email"],
)
WRONG = "The e-mail address or the password is wrong."


@dataclass
class SignUpInput(MutationInput):
    """A new account: the e-mail address is what one signs in with; the password has 10 to 200 characters."""

    SECRETS: ClassVar = ("password",)

    email: str
    password: str
    first_name: str
    last_name: str
    delivery: SessionDelivery = SessionDelivery.BEARER


@dataclass
class SignInInput(MutationInput):
    """E-mail address and password of an account."""

    SECRETS: ClassVar = ("password",)

    email: str
    password: str
    delivery: SessionDelivery = SessionDelivery.BEARER


class SignOutInput(MutationInput):
    """Ends the session that the request came with."""


@dataclass
class SessionPayload:
    """The person who is signed in now, and the session token to send as `Authorization: Bearer …`."""

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

    EMAIL_INVALID, EMAIL_TAKEN (whatever the case of its letters), PASSWORD_INVALID, NAME_INVALID; INVITATION_PENDING
    when somebody was invited with this address, and opens the account by the link in that mail.
    """
    context = info.context
    context.require(Action.ACCOUNTS_CREATE, facts.GATEWAY)
    deliverable(context, input.delivery)
    email, errors = _checked(input)
    if errors:
        return SessionPayload(errors=errors)
    passwords.ready()
    # A repeat finds its account made. Whose it is, the password says, under the same brake as a sign-in.
    repeater = input.idempotency_key and (await _authenticate(context, email, input.password))[0]
    # Whoever waits for this turn keeps no connection from the others.
    await context.close()
    password_hash = await passwords.hashed(input.password)

    async def work(change: Change, input: SignUpInput) -> SessionPayload:
        names = (input.first_name.strip(), input.last_name.strip())
        stub = await users.stub(change.connection, email)
        user = UserRow(stub.id if stub else ids.new("user"), email, *names, datetime.now(UTC))
        await change.decide(facts.GATEWAY, keeper=repeater.id if repeater else user.id)
        if stub is None:
            opened = user if await users.create(change.connection, user, password_hash) else None
        elif stub.is_invited or stub.is_member:
            opened = None
        else:
            # Made for an invitation that was taken back since: nothing of a team's is left to take over with it.
            opened = await users.claim(change.connection, stub.id, password_hash, *names)
        if opened is None:
            # Not kept under the account's key: the repeat of a right guess would be answered unlike a wrong one's.
            await rollback(change.connection)
            change.keeper = None
            return SessionPayload(errors=[INVITED if stub and stub.is_invited else TAKEN])
        return await _open(change, opened)

    payload = await carry_out(context, Action.ACCOUNTS_CREATE, work, input, SessionPayload)
    return await delivered(context, input, payload)


@performs(Action.SESSIONS_CREATE)
async def sign_in(info: Info, input: SignInInput) -> SessionPayload:
    """Sign in with e-mail address and password; a session lasts 30 days.

    INVALID_CREDENTIALS for a wrong password and an unknown address alike. TOO_MANY_ATTEMPTS after repeated failures:
    the message says how long to wait, and asking again does not make it longer.
    """
    context = info.context
    context.require(Action.SESSIONS_CREATE, facts.GATEWAY)
    deliverable(context, input.delivery)
    email = _normal(input.email)
    user, error = await _authenticate(context, email, input.password)
    if user is None:
        return SessionPayload(errors=[error] if error else [])
    account = user

    async def work(change: Change, _: SignInInput) -> SessionPayload:
        await change.decide(facts.GATEWAY, keeper=account.id)
        await sign_in_failures.forget(change.connection, list(await _subjects(context, change.connection, email)))
        return await _open(change, account)

    payload = await carry_out(context, Action.SESSIONS_CREATE, work, input, SessionPayload)
    return await delivered(context, input, payload)


@performs(Action.SESSIONS_END)
async def sign_out(info: Info, input: SignOutInput) -> SignOutPayload:
    """End the session that this request came with; its token and its cookie are void at once."""

    async def work(change: Change, _: SignOutInput) -> SignOutPayload:
        # The key is the session's: under the person's own, a repeat from elsewhere would end nothing and say it did.
        session_id = change.actor.session_id if isinstance(change.actor, Person) else None
        await change.decide(facts.GATEWAY, keeper=session_id)
        if session_id is None:
            raise Unauthenticated(SIGN_IN)
        ended = await actors.end_session(change.connection, session_id)
        await change.record(None, session_id, {}, {"ended": ended})
        return SignOutPayload(ended)

    payload = await carry_out(info.context, Action.SESSIONS_END, work, input, SignOutPayload)
    if not input.dry_run:
        info.context.cookie = ""
    return payload


async def _authenticate(context: Context, email: str, password: str) -> tuple[UserRow | None, UserError | None]:
    """Whose e-mail address and password these are, or why nobody's; an unknown address costs the same work."""
    passwords.ready()
    # Two connections of one operation would starve each other's.
    await context.close()
    async with transaction(context.engine) as connection:
        wait = await sign_in_failures.attempt(connection, await _subjects(context, connection, email))
        if wait:
            message = f"Too many failed sign-ins; try again in {wait} s."
            return None, UserError(UserErrorCode.TOO_MANY_ATTEMPTS, message)
        await commit(connection)
        known = await users.credentials(connection, email)
    too_long = len(password) > passwords.MAX_LENGTH
    right = await passwords.verify(known and known.password_hash, "" if too_long else password)
    if known is None or not right:
        return None, UserError(UserErrorCode.INVALID_CREDENTIALS, WRONG)
    return known.user, None


async def _open(change: Change, user: UserRow) -> SessionPayload:
    session_id, token, expires_at = await begun(change.connection, user.id)
    await change.record(None, user.id, {}, {"session": session_id}, by=user.id)
    return SessionPayload(user, token, expires_at)


async def _subjects(context: Context, connection: AsyncConnection, email: str) -> dict[bytes, int]:
    # Not by Python's lower(), which keeps spellings apart that find one account in the database (i and İ).
    folded = await sign_in_failures.folded(connection, email)
    return {
        hashlib.sha256(f"{folded}|{context.address}".encode()).digest(): FREE_HERE,
        hashlib.sha256(folded.encode()).digest(): FREE_EVERYWHERE,
    }


def _normal(email: str) -> str:
    """The form in which an e-mail address is kept, but for its case; what is none stays as it is."""
    try:
        return emails.valid(email)
    except EmailNotValidError:
        return email


def _checked(input: SignUpInput) -> tuple[str, list[UserError]]:
    """The e-mail address in its normal form, and everything that is wrong with the input at once."""
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
