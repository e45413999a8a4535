"""The mutations to change the e-mail address of the own account, to confirm the change, and to undo it.

Both addresses are told. The new one gets a link that confirms the change, and the old one a link that undoes it and
sets a new password: a thief who changes the address does not keep the account. `change_email` does not look at the
accounts, so it does not show whether the new address has one.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from email_validator import EmailNotValidError

from db.access import email_changes, sign_in_failures
from db.access.email_changes import EmailChangeRow
from db.access.sign_in_failures import Budget
from db.core import ids
from db.people import users
from db.queue import jobs
from domain.actions import Action
from domain.credentials import CredentialKind, parse
from domain.mails import EMAIL_CHANGE, AccountEvent, EmailChangeMail, MailPurpose
from domain.places import place_of
from domain.problems import UserError, UserErrorCode
from domain.sign_in_methods import SignInMethod
from domain.subjects import Person
from policies import facts
from resolvers.access import passwords
from resolvers.access.account_notices import notify
from resolvers.access.admission import Admitted, admit_new_account
from resolvers.access.authentication import authenticate
from resolvers.access.confirmation import ConfirmedInput, missing_step, sensitive
from resolvers.access.mail_pauses import claim_from_budget, claim_mail_of_place
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

TERM = timedelta(days=1)
# Each request also sends a mail to the old address.
OF_ACCOUNT = Budget(5, 600.0)
INVALID = UserError(
    UserErrorCode.LINK_INVALID,
    "The link is not complete, has expired, or was used or replaced. Change your address again to get a new one.",
    ["token"],
)
UNDO_INVALID = UserError(
    UserErrorCode.LINK_INVALID,
    "The link is not complete, has expired, or was used or replaced by that of a newer mail. If your password does not "
    "work, ask for a link to set a new one, or ask the operator.",
    ["token"],
)
PASSWORD_NEEDED = UserError(
    UserErrorCode.PASSWORD_NEEDED,
    "Enter the password of the account whose address you are changing, or sign in to it first.",
    ["password"],
)
SIGN_IN_FIRST = UserError(
    UserErrorCode.SIGN_IN_AGAIN,
    "A password is not enough for the account whose address you are changing: it has a second factor, or no password "
    "that you know. Sign in to it as usual, and open this link again.",
)
WRONG = UserError(UserErrorCode.INVALID_CREDENTIALS, "This is not the password of the account.", ["password"])
SAME = UserError(UserErrorCode.EMAIL_TAKEN, "This is the address of your account already.", ["email"])
TAKEN = UserError(
    UserErrorCode.EMAIL_TAKEN, "An account, or an invitation that is still open, has this e-mail address.", ["token"]
)


@dataclass
class ChangeEmailInput(ConfirmedInput):
    """The new e-mail address of your account."""

    email: str


@dataclass
class ChangeEmailPayload:
    """The new address, to which a mail with a link was sent."""

    email: str | None = field(default=None, metadata={"description": "Null if no mail was sent; `errors` says why."})
    errors: list[UserError] = field(default_factory=list)


@dataclass
class ConfirmEmailInput(MutationInput):
    """The token from the link in the mail to the new address."""

    SECRETS: ClassVar = ("token", "password")

    token: str
    password: str | None = None


@dataclass
class ConfirmEmailPayload:
    """The address that the account has now."""

    email: str | None = field(default=None, metadata={"description": "Null if nothing was changed."})
    errors: list[UserError] = field(default_factory=list)


@dataclass
class UndoEmailChangeInput(NewPasswordInput):
    """The token from the link in the mail to the old address, and a new password, which has 10 to 200 characters."""


@sensitive(Action.ACCOUNTS_CHANGE_EMAIL)
async def change_email(change: Change, input: ChangeEmailInput) -> ChangeEmailPayload:
    """Change the e-mail address of your account. A link in a mail to the new address confirms it, within a day.

    The old address gets a mail, too, with a link that undoes the change. A newer request takes the place of the last
    one. The answer does not show whether the new address has an account; the mail does. Errors: EMAIL_INVALID;
    EMAIL_TAKEN if it is your address already; PASSWORD_NEEDED if you signed in more than 10 minutes ago;
    SIGN_IN_AGAIN if you did and the account has no password, or if it has a second factor that was not given in this
    session; INVALID_CREDENTIALS for a wrong `password`; TOO_MANY_ATTEMPTS; MAIL_PAUSED after several requests.
    """
    await change.decide(facts.GATEWAY)
    try:
        email = emails.valid(input.email)
    except EmailNotValidError as error:
        return ChangeEmailPayload(errors=[UserError(UserErrorCode.EMAIL_INVALID, str(error), ["email"])])
    user = await users.get(change.connection, change.by)
    if user.email == email:
        return ChangeEmailPayload(errors=[SAME])
    lower = await sign_in_failures.lower_email(change.connection, email)
    place = place_of(change.context.address)
    paused = await claim_from_budget(change, f"e-mail changes|{user.id}", OF_ACCOUNT)
    paused = paused or await claim_mail_of_place(change, MailPurpose.EMAIL_CHANGE, lower, place)
    if paused is not None:
        return ChangeEmailPayload(errors=[paused])
    change_id = ids.new("change")
    await email_changes.begin(change.connection, change_id, user.id, email, datetime.now(UTC) + TERM)
    await _queue_mails(change, change_id, EmailChangeMail.CONFIRM, EmailChangeMail.NOTICE)
    await change.record(None, user.id, {}, {"change": change_id})
    return ChangeEmailPayload(email)


@performs(Action.ACCOUNTS_CONFIRM_EMAIL)
async def confirm_email(info: Info, input: ConfirmEmailInput) -> ConfirmEmailPayload:
    """Confirm the change of your address with the token from the link. From then on, you sign in with the new address.

    You must be signed in to the account, or send its password: the link may have reached a stranger. Your sessions
    stay. Links to set a new password that were sent to the old address stop working. Mails tell both addresses. Errors:
    LINK_INVALID; PASSWORD_NEEDED, or SIGN_IN_AGAIN if the account has a second factor that was not given in the
    session, or no password; INVALID_CREDENTIALS; TOO_MANY_ATTEMPTS; EMAIL_TAKEN if another account has the address, or
    if it was invited to a team: then accept that invitation, or have it revoked.
    """
    context = info.context
    context.require(Action.ACCOUNTS_CONFIRM_EMAIL, facts.GATEWAY)
    found, credential = None, parse(input.token)
    if credential is not None and credential.kind is CredentialKind.EMAIL_CHANGE:
        async with context.reading() as connection:
            found = await email_changes.by_token(connection, credential.token_hash)
    if found is None:
        return ConfirmEmailPayload(errors=[INVALID])
    begun, counted = found, await _identified(context, found, input.password)
    if isinstance(counted, UserError):
        return ConfirmEmailPayload(errors=[counted])

    async def work(change: Change, _: ConfirmEmailInput) -> ConfirmEmailPayload:
        await change.decide(facts.GATEWAY, key_owner=begun.id)
        if (error := await _confirm(change, begun)) is not None:
            await roll_back(change)
            return ConfirmEmailPayload(errors=[error])
        if counted is not None:
            await counted.forget(change.connection)
        return ConfirmEmailPayload(begun.new_email)

    return await run_mutation(context, Action.ACCOUNTS_CONFIRM_EMAIL, work, input, ConfirmEmailPayload)


@performs(Action.ACCOUNTS_CONFIRM_EMAIL)
async def undo_email_change(info: Info, input: UndoEmailChangeInput) -> SessionPayload:
    """Undo the change of your address with the token from the mail to the old address, set a new password, and sign in.

    It works until the change is confirmed, and for 7 days after that. The account gets its old address back, and
    everything ends that `resetPassword` ends. Second factors are removed that were added after the change began; or
    all, if the account got its first one less than 7 days before. Later changes of the address cannot be undone any
    more. Nor can a change after which the account went back to an address that it had before this one: the first
    address wins. Errors: PASSWORD_INVALID; TOO_MANY_ATTEMPTS; LINK_INVALID; EMAIL_TAKEN if another account has the old
    address by now.
    """
    context = info.context
    context.require(Action.ACCOUNTS_CONFIRM_EMAIL, facts.GATEWAY)
    require_deliverable(context, input.delivery)
    found, credential = None, parse(input.token)
    if credential is not None and credential.kind is CredentialKind.EMAIL_UNDO:
        async with context.reading() as connection:
            found = await email_changes.by_undo_token(connection, credential.token_hash)
    errors = [*([UNDO_INVALID] if found is None else []), *passwords.errors(input.password)]
    if found is None or errors:
        return SessionPayload(errors=errors)
    passwords.require_capacity()
    opening = await admit_new_account(context, found.id)
    if isinstance(opening, UserError):
        return SessionPayload(errors=[opening])
    password_hash = await passwords.hash_password(input.password, opening.place)
    begun, counted = found, opening

    async def work(change: Change, _: UndoEmailChangeInput) -> SessionPayload:
        await change.decide(facts.GATEWAY, key_owner=begun.id)
        payload = await _undo(change, begun, password_hash, input.delivery)
        if payload.errors:
            await roll_back(change)
        else:
            await counted.give_back(change.connection)
        return payload

    payload = await run_mutation(context, Action.ACCOUNTS_CONFIRM_EMAIL, work, input, SessionPayload)
    return await deliver_session(context, input, payload, password_hash)


async def _identified(context: Context, found: EmailChangeRow, password: str | None) -> Admitted | UserError | None:
    """None if the person is signed in to the account; what was counted if the password is right; else the error.

    A wrong password counts as a failed sign-in: a thief who began the change must not guess beside those limits.
    """
    if isinstance(context.actor, Person) and context.actor.user_id == found.user_id:
        return None
    if password is None or not found.password_is_enough:
        return PASSWORD_NEEDED if found.password_is_enough else SIGN_IN_FIRST
    account, error, attempt = await authenticate(context, found.email, password)
    if attempt is None:
        return error
    return attempt if account is not None and account.user.id == found.user_id else WRONG


async def _confirm(change: Change, begun: EmailChangeRow) -> UserError | None:
    """Give the account its new address; the error if that is not possible, then roll back."""
    connection, user_id = change.connection, begun.user_id
    # The account is locked first, as everywhere, so that this cannot deadlock with a reset of the password.
    if not await email_changes.move(connection, user_id, begun.new_email, even_invited=False):
        return TAKEN
    if isinstance(change.actor, Person) and change.actor.user_id == user_id:
        await change.reload_actor()
        if (missing := await missing_step(change)) is not None:
            return missing
    if not await email_changes.confirm(connection, begun.id):
        return INVALID
    await change.record(None, user_id, {}, {"confirmed": begun.id}, by=user_id)
    await notify(change, user_id, AccountEvent.EMAIL_CHANGED)
    await _queue_mails(change, begun.id, EmailChangeMail.NOTICE)
    return None


async def _undo(change: Change, begun: EmailChangeRow, password_hash: str, delivery: SessionDelivery) -> SessionPayload:
    """Give the account back to the owner of its old address; with an error, roll back."""
    connection = change.connection
    user = await users.set_password(connection, begun.user_id, password_hash)
    was_changed = await email_changes.undo(connection, begun.id)
    if was_changed is None:
        return SessionPayload(errors=[UNDO_INVALID])
    if was_changed and not await email_changes.move(connection, user.id, begun.old_email, even_invited=True):
        return SessionPayload(errors=[TAKEN])
    ended = await end_access(connection, user.id)
    ended |= await end_new_factors(change, user.id, begun.created_at)
    started = await begin_session(change, user.id, password_hash, delivery, SignInMethod.LINK)
    after = {"undone": begun.id, "restored": was_changed, **started.audited, **ended}
    await change.record(None, user.id, {}, after, by=user.id)
    await notify(change, user.id, AccountEvent.EMAIL_RESTORED)
    if was_changed:
        await _queue_mails(change, begun.id, EmailChangeMail.UNDONE)
    return session_payload(await users.get(connection, user.id), started)


async def _queue_mails(change: Change, change_id: str, *parts: str) -> None:
    await jobs.enqueue(change.connection, EMAIL_CHANGE, [EmailChangeMail(change_id, part) for part in parts])
