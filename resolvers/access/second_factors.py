"""The second factors of accounts: set up and remove an authenticator app, and make recovery codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from db.access import second_factors
from db.access.second_factors import SecondFactors
from domain.actions import Action
from domain.mails import AccountEvent
from domain.problems import UserError, UserErrorCode
from domain.second_factors import new_recovery_codes, recovery_code_hash
from domain.subjects import Person
from policies import facts
from resolvers.access import one_time_codes
from resolvers.access.account_notices import notify
from resolvers.access.confirmation import ConfirmedInput, missing_step, sensitive
from resolvers.access.persons import signed_in
from resolvers.access.second_step_tries import Tries, admit_set_up
from resolvers.core.context import Context, Info
from resolvers.core.fields import loaded_by
from resolvers.core.loaders import Loading
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, performs, run_mutation
from resolvers.core.rollbacks import roll_back

EXISTS = UserError(
    UserErrorCode.SECOND_FACTOR_EXISTS, "Your account has an authenticator app. Remove it first, then set up a new one."
)
NOT_BEGUN = UserError(
    UserErrorCode.CODE_INVALID, "No authenticator app is being set up. Begin again, and use the new secret.", ["code"]
)
WRONG_CODE = UserError(
    UserErrorCode.CODE_INVALID,
    "The code is wrong, too old, or was used before. Send the one that is shown now.",
    ["code"],
)
NO_FACTOR = UserError(
    UserErrorCode.SECOND_FACTOR_NEEDED, "Recovery codes stand for a second factor. Set up a second factor first."
)


class BeginAuthenticatorAppInput(ConfirmedInput):
    """Begin to set up an authenticator app."""


@dataclass
class ConfirmAuthenticatorAppInput(MutationInput):
    """The code that the authenticator app shows now."""

    SECRETS: ClassVar = ("code",)

    code: str


class RemoveAuthenticatorAppInput(ConfirmedInput):
    """Remove your authenticator app."""


class RenewRecoveryCodesInput(ConfirmedInput):
    """Make new recovery codes."""


@dataclass
class BeginAuthenticatorAppPayload:
    """The secret for the authenticator app. It is shown once."""

    SECRETS: ClassVar = ("secret", "uri")

    secret: str | None = field(
        default=None, metadata={"description": "The secret in base32, to type in; null in a dry run and a repeat."}
    )
    uri: str | None = field(
        default=None, metadata={"description": "The secret as an `otpauth:` URI, for a QR code; null as `secret` is."}
    )
    errors: list[UserError] = field(default_factory=list)


@dataclass
class ConfirmAuthenticatorAppPayload:
    """The recovery codes. They are shown once."""

    SECRETS: ClassVar = ("recovery_codes",)

    recovery_codes: list[str] | None = field(
        default=None, metadata={"description": "Ten codes, each usable once; null in a dry run and a repeat."}
    )
    errors: list[UserError] = field(default_factory=list)


@dataclass
class RemoveAuthenticatorAppPayload:
    """Whether an app was removed."""

    removed: bool = field(
        default=False, metadata={"description": "Whether an app was removed; false if there was none."}
    )
    errors: list[UserError] = field(default_factory=list)


@dataclass
class RenewRecoveryCodesPayload(ConfirmAuthenticatorAppPayload):
    """The new recovery codes. They are shown once, and the old ones are refused from now on."""


@performs(Action.VIEWER_READ)
@loaded_by("id")
def second_factors_of(context: Context) -> Loading[SecondFactors]:
    """Your second factors; null for another person. FORBIDDEN for a partner token."""
    context.require(Action.VIEWER_READ, facts.GATEWAY)
    return context.loading(_of_accounts)


def is_used(info: Info) -> bool:
    """Whether a second factor was given in this session. Teams may require one of those who manage them."""
    actor = info.context.actor
    return isinstance(actor, Person) and actor.second_factor


@sensitive(Action.SECOND_FACTORS_UPDATE)
async def begin_authenticator_app(change: Change, input: BeginAuthenticatorAppInput) -> BeginAuthenticatorAppPayload:
    """Begin to set up an authenticator app as your second factor. It counts when you have confirmed it with a code.

    To begin again makes a new secret. Errors: SECOND_FACTOR_EXISTS if your account has an app; PASSWORD_NEEDED if you
    signed in more than 10 minutes ago; SIGN_IN_AGAIN if you did and the account has no password, or if it has a second
    factor that was not given in this session; INVALID_CREDENTIALS for a wrong `password`; TOO_MANY_ATTEMPTS.
    """
    await change.decide(facts.GATEWAY)
    person, account = signed_in(change.actor), change.context.account
    secret = one_time_codes.new_secret()
    sealed = change.context.seal.close(secret, person.user_id)
    if account is None or not await second_factors.begin(change.connection, person.user_id, sealed):
        return BeginAuthenticatorAppPayload(errors=[EXISTS])
    await change.record(None, person.user_id, {}, {"authenticatorApp": "begun"})
    if input.dry_run:
        return BeginAuthenticatorAppPayload()
    return BeginAuthenticatorAppPayload(secret, one_time_codes.uri(secret, account.email))


@performs(Action.SECOND_FACTORS_UPDATE)
async def confirm_authenticator_app(info: Info, input: ConfirmAuthenticatorAppInput) -> ConfirmAuthenticatorAppPayload:
    """Confirm an authenticator app with a code from it. From then on, a sign-in with the password needs a second step.

    It must follow `beginAuthenticatorApp` within an hour. The answer has ten recovery codes, in place of older ones:
    keep them, because each can stand for the app once. This session counts as one with a second factor; others do not.
    A mail tells you. Errors: CODE_INVALID if the code is wrong or nothing was begun; TOO_MANY_ATTEMPTS; SIGN_IN_AGAIN
    if the account has a second factor that was not given in this session.
    """
    context = info.context
    context.require(Action.SECOND_FACTORS_UPDATE, facts.GATEWAY)
    tries = await admit_set_up(context, signed_in(context.actor).user_id)
    if isinstance(tries, UserError):
        return ConfirmAuthenticatorAppPayload(errors=[tries])
    counted = tries

    async def work(change: Change, input: ConfirmAuthenticatorAppInput) -> ConfirmAuthenticatorAppPayload:
        await change.decide(facts.GATEWAY)
        codes = await _confirm(change, input.code, counted)
        if isinstance(codes, UserError):
            await roll_back(change)
            return ConfirmAuthenticatorAppPayload(errors=[codes])
        return ConfirmAuthenticatorAppPayload(None if input.dry_run else codes)

    return await run_mutation(context, Action.SECOND_FACTORS_UPDATE, work, input, ConfirmAuthenticatorAppPayload)


@sensitive(Action.SECOND_FACTORS_UPDATE)
async def remove_authenticator_app(
    change: Change,
    input: RemoveAuthenticatorAppInput,  # noqa: ARG001 - the decorator reads its type
) -> RemoveAuthenticatorAppPayload:
    """Remove your authenticator app. If no other second factor is left, a password is enough to sign in again.

    Then your recovery codes end too, and you lose what teams allow only to people with a second factor. A mail tells
    you. Errors: PASSWORD_NEEDED, SIGN_IN_AGAIN, INVALID_CREDENTIALS and TOO_MANY_ATTEMPTS, as of
    `beginAuthenticatorApp`.
    """
    await change.decide(facts.GATEWAY)
    user_id = signed_in(change.actor).user_id
    removed = await second_factors.remove(change.connection, user_id)
    # The removal waits for the lock of the account. Meanwhile a reset of the password may have ended this session.
    await change.reload_actor()
    if not removed:
        return RemoveAuthenticatorAppPayload()
    await record_removal(change, user_id)
    return RemoveAuthenticatorAppPayload(True)


@sensitive(Action.SECOND_FACTORS_UPDATE)
async def renew_recovery_codes(change: Change, input: RenewRecoveryCodesInput) -> RenewRecoveryCodesPayload:
    """Make ten new recovery codes in place of the old ones, for example if few are left. A mail tells you.

    Errors: SECOND_FACTOR_NEEDED if your account has no second factor; PASSWORD_NEEDED, SIGN_IN_AGAIN,
    INVALID_CREDENTIALS and TOO_MANY_ATTEMPTS, as of `beginAuthenticatorApp`.
    """
    await change.decide(facts.GATEWAY)
    codes = await make_recovery_codes(change, signed_in(change.actor).user_id)
    await change.reload_actor()  # as in `removeAuthenticatorApp`
    if codes is None:
        return RenewRecoveryCodesPayload(errors=[NO_FACTOR])
    await change.record(None, change.by, {}, {"recoveryCodes": len(codes)})
    await notify(change, change.by, AccountEvent.RECOVERY_CODES_RENEWED)
    return RenewRecoveryCodesPayload(None if input.dry_run else codes)


async def make_recovery_codes(change: Change, user_id: str) -> list[str] | None:
    """New recovery codes of an account in place of the old ones; None, and none, if it has no second factor."""
    codes = new_recovery_codes()
    hashes = [hashed for code in codes if (hashed := recovery_code_hash(user_id, code)) is not None]
    return codes if await second_factors.renew_codes(change.connection, user_id, hashes) else None


async def record_removal(change: Change, user_id: str) -> None:
    """Let the removal of the app of an account have its consequences, record it, and tell the person."""
    sessions = await second_factors.forget(change.connection, user_id)
    after = {"authenticatorApp": "removed", **({"sessionsWithout": sessions} if sessions else {})}
    await change.record(None, user_id, {}, after)
    await notify(change, user_id, AccountEvent.AUTHENTICATOR_APP_REMOVED)


async def _confirm(change: Change, code: str, tries: Tries) -> list[str] | UserError:
    """Confirm the app with a code. Returns the recovery codes, or the error."""
    connection, person = change.connection, signed_in(change.actor)
    if (missing := await missing_step(change)) is not None:
        return missing
    sealed = await second_factors.begun(connection, person.user_id)
    secret = None if sealed is None else change.context.seal.open(sealed, person.user_id)
    if sealed is None or secret is None:
        return NOT_BEGUN
    step = one_time_codes.step_of(secret, code)
    if step is None or not await second_factors.confirm(connection, person.user_id, sealed, step):
        return WRONG_CODE
    codes = await make_recovery_codes(change, person.user_id)
    if codes is None:
        return NOT_BEGUN
    # The account is locked now. A reset of the password may have ended this session meanwhile.
    await change.reload_actor()
    await second_factors.prove(connection, person.session_id)
    await tries.give_back(connection)
    await change.record(None, person.user_id, {}, {"authenticatorApp": "added", "recoveryCodes": len(codes)})
    await notify(change, person.user_id, AccountEvent.AUTHENTICATOR_APP_ADDED)
    return codes


async def _of_accounts(context: Context, ids: Sequence[str]) -> Mapping[str, SecondFactors]:
    own = facts.acts_for(context.actor)
    if own not in ids or own is None:
        return {}
    async with context.reading() as connection:
        return {own: await second_factors.of_account(connection, own)}
