"""The mutations to get a link by mail, and to set a new password with it.

A request does not look at the accounts: it stores the request and queues a mail, whatever the address. So neither the
answer nor its time shows whether the address has an account.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from email_validator import EmailNotValidError

from db.access import password_resets, sign_in_failures
from db.access.password_resets import ResetRow
from db.core import ids
from db.people import users
from db.queue import jobs
from domain.actions import Action
from domain.credentials import CredentialKind, parse
from domain.languages import Language
from domain.mails import PASSWORD_RESET, AccountEvent, MailPurpose, PasswordResetMail
from domain.problems import UserError, UserErrorCode
from domain.sign_in_methods import SignInMethod
from policies import facts
from resolvers.access import passwords
from resolvers.access.account_notices import notify
from resolvers.access.admission import admit_mail, admit_new_account
from resolvers.access.mail_pauses import claim_mail_of_place, key_owner
from resolvers.access.session_delivery import (
    NewPasswordInput,
    SessionDelivery,
    begin_session,
    deliver_session,
    require_deliverable,
)
from resolvers.access.sessions import SessionPayload, session_payload
from resolvers.access.takeover import end_access, end_new_factors
from resolvers.core import emails
from resolvers.core.context import Context, Info
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, performs, run_mutation
from resolvers.core.rollbacks import roll_back

# Shorter than that of the links of operators: anybody can ask for a link, and it lies in a mailbox.
TERM = timedelta(hours=1)
INVALID = UserError(
    UserErrorCode.LINK_INVALID,
    "The link is not complete, has expired, or was used or replaced. Ask for a new one.",
    ["token"],
)


@dataclass
class RequestPasswordResetInput(MutationInput):
    """The e-mail address of the account whose password was forgotten."""

    email: str
    language: Language = Language.EN


@dataclass
class RequestPasswordResetPayload:
    """The e-mail address to which a mail was sent."""

    email: str | None = field(default=None, metadata={"description": "Null if no mail was sent; `errors` says why."})
    errors: list[UserError] = field(default_factory=list)


@dataclass
class ResetPasswordInput(NewPasswordInput):
    """The token from the link, and the new password, which has 10 to 200 characters."""


@performs(Action.ACCOUNTS_RESET)
async def request_password_reset(info: Info, input: RequestPasswordResetInput) -> RequestPasswordResetPayload:
    """Send a mail with a link to set a new password to this address.

    If no account has the address, the mail says so instead. The answer is the same in both cases. Errors:
    EMAIL_INVALID; MAIL_PAUSED if somebody asked for such a mail to this address from your network address less than a
    minute ago, or often in the last hour; TOO_MANY_ATTEMPTS after many requests or failed sign-ins from your network
    address. `retryAfter` says how long to wait.
    """
    context = info.context
    context.require(Action.ACCOUNTS_RESET, facts.GATEWAY)
    try:
        email = emails.valid(input.email)
    except EmailNotValidError as error:
        return RequestPasswordResetPayload(errors=[UserError(UserErrorCode.EMAIL_INVALID, str(error), ["email"])])
    place = await admit_mail(context)
    if isinstance(place, UserError):
        return RequestPasswordResetPayload(errors=[place])

    async def work(change: Change, input: RequestPasswordResetInput) -> RequestPasswordResetPayload:
        lower = await sign_in_failures.lower_email(change.connection, email)
        await change.decide(facts.GATEWAY, key_owner=key_owner(lower))
        paused = await claim_mail_of_place(change, MailPurpose.RESET, lower, place)
        if paused is not None:
            return RequestPasswordResetPayload(errors=[paused])
        reset_id = ids.new("reset")
        expires_at = datetime.now(UTC) + TERM
        await password_resets.request(change.connection, reset_id, email, input.language, expires_at)
        await jobs.enqueue(change.connection, PASSWORD_RESET, [PasswordResetMail(reset_id)])
        await change.record(None, reset_id, {}, {"mail": "password reset"})
        return RequestPasswordResetPayload(email)

    return await run_mutation(context, Action.ACCOUNTS_RESET, work, input, RequestPasswordResetPayload)


@performs(Action.ACCOUNTS_RESET)
async def reset_password(info: Info, input: ResetPasswordInput) -> SessionPayload:
    """Set a new password with the token from a link, and sign in.

    All other sessions of the account end, sign-ins that wait for the second step, all links to set a new password, and
    a change of the address that was not confirmed yet. The partner tokens that the person granted are revoked, and the
    sign-ins by OpenID Connect are removed. A passkey is only a second step until it was used as one. A mail tells the
    person. If the account got its first second factor in the last 7 days, a link that came by mail removes all of them.
    Else they stay: send `challenge` and the second step to `completeSignIn`. Errors: PASSWORD_INVALID;
    TOO_MANY_ATTEMPTS; LINK_INVALID: a link can be used once, within an hour if it came by mail, and within a day if an
    operator made it.
    """
    context = info.context
    context.require(Action.ACCOUNTS_RESET, facts.GATEWAY)
    require_deliverable(context, input.delivery)
    found = await _link_of(context, input.token)
    errors = [*([INVALID] if found is None else []), *passwords.errors(input.password)]
    if found is None or errors:
        return SessionPayload(errors=errors)
    link = found
    passwords.require_capacity()
    # It also gives the connection back, so that other requests can use it during the wait for a hash.
    opening = await admit_new_account(context, link.id)
    if isinstance(opening, UserError):
        return SessionPayload(errors=[opening])
    password_hash = await passwords.hash_password(input.password, opening.place)
    counted = opening

    async def work(change: Change, _: ResetPasswordInput) -> SessionPayload:
        await change.decide(facts.GATEWAY, key_owner=link.id)
        payload = await _reset(change, link, password_hash, input.delivery)
        if payload is None:
            await roll_back(change)
            return SessionPayload(errors=[INVALID])
        await counted.give_back(change.connection)
        return payload

    payload = await run_mutation(context, Action.ACCOUNTS_RESET, work, input, SessionPayload)
    return await deliver_session(context, input, payload, password_hash)


async def _link_of(context: Context, token: str) -> ResetRow | None:
    """The link with this token that can be used."""
    credential = parse(token)
    if credential is None or credential.kind is not CredentialKind.RESET:
        return None
    async with context.reading() as connection:
        return await password_resets.by_token(connection, credential.token_hash)


async def _reset(
    change: Change, link: ResetRow, password_hash: str, delivery: SessionDelivery
) -> SessionPayload | None:
    """Set the password and use the link; None if the link cannot be used."""
    # The account is locked first, as everywhere, so that two links of one account cannot deadlock.
    user = await users.set_password(change.connection, link.user_id, password_hash)
    if not await password_resets.use(change.connection, link.id):
        return None
    ended = await end_access(change.connection, user.id)
    if link.email is not None:
        ended |= await end_new_factors(change, user.id, datetime.now(UTC))
    begun = await begin_session(change, user.id, password_hash, delivery, SignInMethod.LINK)
    after = {"reset": link.id, **begun.audited, **ended}
    await change.record(None, user.id, {}, after, by=user.id)
    await notify(change, user.id, AccountEvent.PASSWORD_SET)
    return session_payload(user, begun)
