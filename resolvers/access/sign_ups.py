"""The mutations to sign up and to verify the e-mail address.

A sign-up does not look at the accounts: it stores the sign-up and queues a mail, whatever the address. So neither the
answer nor its time shows whether the address has an account, or was invited.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from email_validator import EmailNotValidError

from db.access import sign_in_failures, sign_ups
from db.access.sign_ups import SignUpRow
from db.core import ids
from db.people import users
from db.queue import jobs
from domain import text
from domain.actions import Action
from domain.credentials import CredentialKind, parse
from domain.languages import Language
from domain.mails import SIGN_UP, MailPurpose, SignUpMail
from domain.problems import UserError, UserErrorCode
from domain.sign_in_methods import SignInMethod
from domain.text import NAME_RULE, last_name
from policies import facts
from resolvers.access import passwords
from resolvers.access.admission import admit_new_account
from resolvers.access.hash_queue import Priority
from resolvers.access.mail_pauses import claim_mail_of_place, key_owner
from resolvers.access.session_delivery import SessionDelivery, begin_session, deliver_session, require_deliverable
from resolvers.access.sessions import SessionPayload, session_payload
from resolvers.access.takeover import end_access
from resolvers.core import emails
from resolvers.core.context import Info
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, performs, run_mutation
from resolvers.core.rollbacks import roll_back

TERM = timedelta(days=1)
INVALID = UserError(
    UserErrorCode.LINK_INVALID,
    "The link is not complete, has expired, or was used or replaced. Sign up again to get a new one.",
    ["token"],
)
WRONG = UserError(UserErrorCode.INVALID_CREDENTIALS, "This is not the password of this sign-up.", ["password"])
TAKEN = UserError(
    UserErrorCode.EMAIL_TAKEN, "An account with this e-mail address already exists. Sign in to it.", ["token"]
)


@dataclass
class SignUpInput(MutationInput):
    """A new account. You sign in with the e-mail address and the password, which has 10 to 200 characters."""

    SECRETS: ClassVar = ("password",)

    email: str
    password: str
    first_name: str
    last_name: str | None = None
    language: Language = Language.EN


@dataclass
class VerifyEmailInput(MutationInput):
    """The token from the link in the mail, and the password that you chose when you signed up."""

    SECRETS: ClassVar = ("token", "password")

    token: str
    password: str
    delivery: SessionDelivery = SessionDelivery.BEARER


@dataclass
class SignUpPayload:
    """The e-mail address to which a mail was sent."""

    email: str | None = field(default=None, metadata={"description": "Null if no mail was sent; `errors` says why."})
    errors: list[UserError] = field(default_factory=list)


@performs(Action.ACCOUNTS_CREATE)
async def sign_up(info: Info, input: SignUpInput) -> SignUpPayload:
    """Sign up for an account. A mail with a link goes to the address; `verifyEmail` then opens the account.

    If the address has an account already, the mail says so instead. The answer is the same in both cases. To get the
    mail again, sign up again. Errors: EMAIL_INVALID, PASSWORD_INVALID, NAME_INVALID; MAIL_PAUSED if somebody signed up
    with this address from your network address less than a minute ago, or often in the last hour;
    TOO_MANY_ATTEMPTS after many sign-ups or failed sign-ins from your network address. `retryAfter` says how long to
    wait.
    """
    context = info.context
    context.require(Action.ACCOUNTS_CREATE, facts.GATEWAY)
    email, names, errors = _validated(input)
    if errors:
        return SignUpPayload(errors=errors)
    passwords.require_capacity()
    # It also gives the connection back, so that other requests can use it during the wait for a hash.
    opening = await admit_new_account(context)
    if isinstance(opening, UserError):
        return SignUpPayload(errors=[opening])
    password_hash = await passwords.hash_password(input.password, opening.place)

    async def work(change: Change, input: SignUpInput) -> SignUpPayload:
        # The address owns the key, because there is no account yet.
        lower = await sign_in_failures.lower_email(change.connection, email)
        await change.decide(facts.GATEWAY, key_owner=key_owner(lower))
        paused = await claim_mail_of_place(change, MailPurpose.SIGN_UP, lower, opening.place)
        if paused is not None:
            return SignUpPayload(errors=[paused])
        expires_at = datetime.now(UTC) + TERM
        sign_up = SignUpRow(ids.new("signup"), email, *names, password_hash, expires_at, input.language)
        await sign_ups.create(change.connection, sign_up)
        await jobs.enqueue(change.connection, SIGN_UP, [SignUpMail(sign_up.id)])
        await change.record(None, sign_up.id, {}, {"mail": "sign-up"})
        return SignUpPayload(email)

    return await run_mutation(context, Action.ACCOUNTS_CREATE, work, input, SignUpPayload)


@performs(Action.ACCOUNTS_CREATE)
async def verify_email(info: Info, input: VerifyEmailInput) -> SessionPayload:
    """Open the account of a sign-up with the token from its link, and sign in to it.

    The link shows that the address is yours, and the password that it was you who signed up. An account with this
    address that nobody verified becomes yours: its password is replaced, its sessions end, and its partner tokens are
    revoked. Errors: LINK_INVALID; INVALID_CREDENTIALS if the password is not the one of the sign-up; TOO_MANY_ATTEMPTS
    after some wrong ones; EMAIL_TAKEN if a verified account has the address. A link can be used once, within a day.
    """
    context = info.context
    context.require(Action.ACCOUNTS_CREATE, facts.GATEWAY)
    require_deliverable(context, input.delivery)
    found, credential = None, parse(input.token)
    if credential is not None and credential.kind is CredentialKind.SIGN_UP:
        async with context.reading() as connection:
            found = await sign_ups.by_token(connection, credential.token_hash)
    if found is None:
        return SessionPayload(errors=[INVALID])
    sign_up = found
    passwords.require_capacity()
    opening = await admit_new_account(context, sign_up.id)
    if isinstance(opening, UserError):
        return SessionPayload(errors=[opening])
    if not await passwords.verify(sign_up.password_hash, input.password, Priority.NEW, opening.place):
        return SessionPayload(errors=[WRONG])
    counted = opening

    async def work(change: Change, _: VerifyEmailInput) -> SessionPayload:
        await change.decide(facts.GATEWAY, key_owner=sign_up.id)
        payload = await _open(change, sign_up, input.delivery)
        if payload.errors:
            await roll_back(change)
        else:
            await counted.give_back(change.connection)
        return payload

    payload = await run_mutation(context, Action.ACCOUNTS_CREATE, work, input, SessionPayload)
    return await deliver_session(context, input, payload, sign_up.password_hash)


async def _open(change: Change, sign_up: SignUpRow, delivery: SessionDelivery) -> SessionPayload:
    """Use the sign-up, and open its account or take over one that nobody verified."""
    connection = change.connection
    if not await sign_ups.use(connection, sign_up.id):
        return SessionPayload(errors=[INVALID])
    values = (sign_up.email, sign_up.password_hash, (sign_up.first_name, sign_up.last_name), sign_up.language)
    user = await users.claim(connection, ids.new("user"), *values)
    if user is None:
        return SessionPayload(errors=[TAKEN])
    ended = await end_access(connection, user.id)
    begun = await begin_session(change, user.id, sign_up.password_hash, delivery, SignInMethod.LINK)
    after = {"signUp": sign_up.id, **begun.audited, **ended}
    await change.record(None, user.id, {}, after, by=user.id)
    return session_payload(user, begun)


def _validated(input: SignUpInput) -> tuple[str, tuple[str, str], list[UserError]]:
    """The normal forms of the e-mail address and of the two names, and all errors of the input."""
    errors, email = [], ""
    try:
        email = emails.valid(input.email)
    except EmailNotValidError as error:
        errors.append(UserError(UserErrorCode.EMAIL_INVALID, str(error), ["email"]))
    errors += passwords.errors(input.password)
    first, last = text.display_name(input.first_name), last_name(input.last_name)
    for field_name, name in (("firstName", first), ("lastName", last)):
        if name is None:
            errors.append(UserError(UserErrorCode.NAME_INVALID, NAME_RULE, [field_name]))
    return email, (first or "", last or ""), errors
