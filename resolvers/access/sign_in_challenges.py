"""The mutation that completes a sign-in with a second factor."""

from dataclasses import dataclass, replace
from typing import ClassVar, cast

from strawberry.scalars import JSON

from db.access import second_factors, sign_in_challenges
from db.access.sign_in_challenges import ChallengeRow
from db.people import users
from domain.actions import Action
from domain.credentials import CredentialKind, parse
from domain.mails import AccountEvent
from domain.problems import BadInput, UserError, UserErrorCode
from domain.second_factors import recovery_code_hash
from domain.sign_in_methods import SignInMethod
from policies import facts
from resolvers.access import one_time_codes, passkey_answers
from resolvers.access.account_notices import notify
from resolvers.access.matched_identities import match_identity
from resolvers.access.passkey_answers import PasskeyRefused
from resolvers.access.passkey_uses import use_second_step
from resolvers.access.second_factors import WRONG_CODE
from resolvers.access.second_step_tries import INVALID, Tries, admit_second_step
from resolvers.access.session_delivery import (
    PasswordReplaced,
    SessionDelivery,
    begin_session,
    deliver_session,
    require_deliverable,
)
from resolvers.access.sessions import SessionPayload, session_payload
from resolvers.core.context import Context, Info
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, performs, run_mutation
from resolvers.core.rollbacks import roll_back

STEPS = 3
WRONG_RECOVERY_CODE = UserError(
    UserErrorCode.CODE_INVALID, "This is not one of your recovery codes, or it was used before.", ["recoveryCode"]
)


@dataclass
class CompleteSignInInput(MutationInput):
    """The challenge of a sign-in, and the second step: a code from the app, a passkey, or a recovery code."""

    SECRETS: ClassVar = ("challenge", "code", "recovery_code")

    challenge: str
    code: str | None = None
    passkey: JSON | None = None
    recovery_code: str | None = None


@dataclass
class _Delivery:
    """How the first step asked for the session token."""

    delivery: SessionDelivery
    dry_run: bool


@performs(Action.SESSIONS_CREATE)
async def complete_sign_in(info: Info, input: CompleteSignInInput) -> SessionPayload:
    """Complete a sign-in with the second factor of the account. Send one of `code`, `passkey` and `recoveryCode`.

    `challenge` is in the answer to `signIn`, and to other mutations that sign you in. It can be used once, within ten
    minutes, by at most five tries, and ends if the password changes. The session token comes as the first step asked.
    For a passkey, ask `passkeyOptions` with the challenge. Errors: CODE_INVALID; PASSKEY_REFUSED; CHALLENGE_INVALID:
    sign in again; TOO_MANY_ATTEMPTS after many wrong codes for the account: `retryAfter` says how long to wait. A
    passkey, a recovery code, and a device on which you signed in before, need no wait. A mail tells you if a recovery
    code was used. Raises BAD_USER_INPUT unless there is exactly one second step.
    """
    context = info.context
    context.require(Action.SESSIONS_CREATE, facts.GATEWAY)
    given = _read(input)
    found = await find_challenge(context, input.challenge)
    if found is None:
        return SessionPayload(errors=[INVALID])
    challenge, delivery = found, SessionDelivery(found.delivery)
    require_deliverable(context, delivery)
    tries: Tries | UserError = INVALID
    if challenge.is_open:
        tries = await admit_second_step(context, challenge, guessable=input.code is not None)

    async def work(change: Change, input: CompleteSignInInput) -> SessionPayload:
        # A repeat of the request that completed it gets the first answer, without the token.
        await change.decide(facts.GATEWAY, key_owner=challenge.id)
        payload = await _complete(change, challenge, input, tries)
        if isinstance(payload, UserError):
            await roll_back(change)
            return SessionPayload(errors=[payload])
        return payload

    try:
        payload = await run_mutation(context, Action.SESSIONS_CREATE, work, given, SessionPayload)
    except PasswordReplaced:
        return SessionPayload(errors=[INVALID])
    return await deliver_session(context, _Delivery(delivery, input.dry_run), payload, challenge.password_hash)


def _read(input: CompleteSignInInput) -> CompleteSignInInput:
    """The input with only what is read of the answer of a passkey. Raises BadInput."""
    if [input.code, input.passkey, input.recovery_code].count(None) != STEPS - 1:
        raise BadInput("Send exactly one of `code`, `passkey` and `recoveryCode`.")
    return input if input.passkey is None else replace(input, passkey=cast("JSON", passkey_answers.read(input.passkey)))


async def find_challenge(context: Context, token: str) -> ChallengeRow | None:
    """The challenge with this token, open or not; None if there is none."""
    credential = parse(token)
    if credential is None or credential.kind is not CredentialKind.CHALLENGE:
        return None
    async with context.reading() as connection:
        return await sign_in_challenges.by_token(connection, credential.token_hash)


async def begin_second_session(
    change: Change, challenge: ChallengeRow, **audited: object
) -> SessionPayload | UserError:
    """Use a challenge whose second step was right, and begin the session. Returns the error if it was used meanwhile.

    `audited` says what the second step was. If the first step was at an OpenID provider by which nobody signed in to
    the account yet, the person there can do so from now on. Raises PasswordReplaced.
    """
    if not await sign_in_challenges.use(change.connection, challenge.id):
        return INVALID
    if challenge.issuer is not None and challenge.subject is not None:
        identity = (challenge.issuer, challenge.subject, challenge.user_id)
        added = await match_identity(change, *identity, proven=True)
        if added is None:
            return INVALID
        audited["identity"] = added.id
    step = (SessionDelivery(challenge.delivery), SignInMethod(challenge.method))
    user_id = challenge.user_id
    begun = await begin_session(change, user_id, challenge.password_hash, *step, second_factor=True)
    after = {**begun.audited, "challenge": challenge.id, **audited}
    await change.record(None, user_id, {}, after, by=user_id)
    return session_payload(await users.get(change.connection, user_id), begun)


async def _complete(
    change: Change, challenge: ChallengeRow, input: CompleteSignInInput, tries: Tries | UserError
) -> SessionPayload | UserError:
    if isinstance(tries, UserError):
        return tries
    if input.code is not None:
        if not await _use_code(change, challenge.user_id, input.code):
            return WRONG_CODE
        await tries.give_back(change.connection)
        return await begin_second_session(change, challenge, secondFactor="authenticator app")
    if input.passkey is not None:
        return await _use_passkey(change, challenge, cast("passkey_answers.Answer", input.passkey))
    hashed = recovery_code_hash(challenge.user_id, input.recovery_code or "")
    left = None if hashed is None else await second_factors.use_code(change.connection, challenge.user_id, hashed)
    if left is None:
        return WRONG_RECOVERY_CODE
    await notify(change, challenge.user_id, AccountEvent.RECOVERY_CODE_USED)
    return await begin_second_session(change, challenge, secondFactor="recovery code", recoveryCodesLeft=left)


async def _use_passkey(
    change: Change, challenge: ChallengeRow, answer: passkey_answers.Answer
) -> SessionPayload | UserError:
    try:
        passkey_id = await use_second_step(change, challenge.user_id, challenge.id, answer)
    except PasskeyRefused as refused:
        return refused.error
    return await begin_second_session(change, challenge, secondFactor="passkey", passkey=passkey_id)


async def _use_code(change: Change, user_id: str, code: str) -> bool:
    """Use a one-time code. Returns False if it is wrong, was used before, or cannot be checked."""
    sealed = await second_factors.secret_of(change.connection, user_id)
    secret = None if sealed is None else change.context.seal.open(sealed, user_id)
    step = None if secret is None else one_time_codes.step_of(secret, code)
    if sealed is None or step is None:
        return False
    return await second_factors.use_step(change.connection, user_id, sealed, step)
