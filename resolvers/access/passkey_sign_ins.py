"""Sign in with a passkey: in place of the password, or as the second step after it."""

import hashlib
from dataclasses import dataclass, replace
from typing import cast

from strawberry.scalars import JSON

from db.access import passkeys, sign_in_failures
from db.access.sign_in_failures import Budget
from domain.actions import Action
from domain.passkeys import Purpose
from domain.places import place_of
from domain.problems import BadInput, UserErrorCode
from domain.sign_in_methods import SignInMethod
from policies import facts
from resolvers.access import passkey_answers
from resolvers.access.passkey_answers import UNKNOWN, Claim, PasskeyRefused
from resolvers.access.passkey_uses import use_alone, verify_alone
from resolvers.access.session_delivery import (
    PasswordReplaced,
    SessionDelivery,
    begin_session,
    deliver_session,
    require_deliverable,
)
from resolvers.access.sessions import SessionPayload, session_payload
from resolvers.access.sign_in_challenges import find_challenge
from resolvers.core.context import Context, Info
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, performs, run_mutation

# Refused passkeys from one place. Nobody can guess a passkey: the budget only keeps the work small that a place makes.
# It is not that of passwords, so that a person with a passkey can sign in while somebody tries passwords there.
PLACE = Budget(60, 10.0)
NOT_OPEN = "The sign-in of this `challenge` is complete, has expired, or had too many tries. Sign in again."


@dataclass
class SignInWithPasskeyInput(MutationInput):
    """The answer of the browser to `passkeyOptions`."""

    answer: JSON
    delivery: SessionDelivery = SessionDelivery.BEARER


@performs(Action.SESSIONS_CREATE)
async def passkey_options(info: Info, challenge: str | None = None) -> JSON:
    """What the browser needs to sign in with a passkey, for `PublicKeyCredential.parseRequestOptionsFromJSON`.

    Without `challenge`, they name no account: the browser offers all passkeys that it has for this site. Send its
    answer to `signInWithPasskey`. With the `challenge` of a sign-in, they name the passkeys of its account; send the
    answer to `completeSignIn`. Options can be used once, within 5 minutes, so do not cache them. BAD_USER_INPUT if the
    sign-in is not open.
    """
    context = info.context
    context.require(Action.SESSIONS_CREATE, facts.GATEWAY)
    if challenge is None:
        return cast("JSON", passkey_answers.options_to_use(context.relying_party, Purpose.SIGN_IN, ""))
    found = await find_challenge(context, challenge)
    if found is None or not found.is_open:
        raise BadInput(NOT_OPEN)
    async with context.reading() as connection:
        known = await passkeys.descriptors(connection, found.user_id)
    options = passkey_answers.options_to_use(context.relying_party, Purpose.SECOND_STEP, found.id, known)
    return cast("JSON", options)


@performs(Action.SESSIONS_CREATE)
async def sign_in_with_passkey(info: Info, input: SignInWithPasskeyInput) -> SessionPayload:
    """Sign in with a passkey, without an e-mail address and a password. The session lasts 30 days.

    It counts as two factors: the device, and what it asked the person for. Errors: PASSKEY_REFUSED if the answer is not
    for options of `passkeyOptions`, if they have expired or were used, if the device did not verify the person, or if
    it counts fewer uses than before; PASSKEY_UNKNOWN if no account has the passkey; PASSWORD_FIRST if the password was
    reset since; TOO_MANY_ATTEMPTS.
    """
    context = info.context
    context.require(Action.SESSIONS_CREATE, facts.GATEWAY)
    require_deliverable(context, input.delivery)
    answer = passkey_answers.read(input.answer)
    try:
        claim = passkey_answers.claim(context.relying_party, answer, Purpose.SIGN_IN, "")
        place = await _admit(context)

        async def work(change: Change, _: SignInWithPasskeyInput) -> SessionPayload:
            payload = await _start_session(change, claim, input.delivery)
            await sign_in_failures.give_back(change.connection, place, PLACE)
            return payload

        given = replace(input, answer=cast("JSON", answer))
        payload = await run_mutation(context, Action.SESSIONS_CREATE, work, given, SessionPayload)
    except PasskeyRefused as refused:
        return SessionPayload(errors=[refused.error])
    return await deliver_session(context, input, payload, None)


async def _start_session(change: Change, claim: Claim, delivery: SessionDelivery) -> SessionPayload:
    verified = await verify_alone(change.context, change.connection, claim)
    user, passkey_id = verified.key.user, verified.key.id
    await change.decide(facts.GATEWAY, key_owner=user.id)
    try:
        # It locks the account first, as a reset of the password does. So of the two, one waits for the other.
        begun = await begin_session(change, user.id, None, delivery, SignInMethod.PASSKEY, second_factor=True)
    except PasswordReplaced:
        raise PasskeyRefused(UNKNOWN, UserErrorCode.PASSKEY_UNKNOWN) from None
    await use_alone(change, verified)
    await change.record(None, user.id, {}, {**begun.audited, "passkey": passkey_id}, by=user.id)
    return session_payload(user, begun)


async def _admit(context: Context) -> bytes:
    """Count an attempt of this place, and return what it was counted for. Raises PasskeyRefused if it has to wait."""
    subject = hashlib.sha256(f"passkeys|{place_of(context.address)}".encode()).digest()
    # An operation must not hold two connections: if all operations waited for a second one, none could continue.
    await context.close()
    async with context.database.transaction() as connection:
        wait = (await sign_in_failures.spend(connection, subject, PLACE)).wait
        await connection.commit()
    if wait:
        message = f"Too many refused passkeys, perhaps of others in your network; try again in {wait} s."
        raise PasskeyRefused(message, UserErrorCode.TOO_MANY_ATTEMPTS, wait)
    return subject
