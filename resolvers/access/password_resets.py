"""The mutation that sets a new password with a link."""

from dataclasses import dataclass
from typing import ClassVar

from db.access import password_resets
from db.access.password_resets import ResetRow
from db.people import users
from domain.actions import Action
from domain.credentials import CredentialKind, parse
from domain.problems import UserError, UserErrorCode
from domain.sign_in_methods import SignInMethod
from policies import facts
from resolvers.access import passwords
from resolvers.access.admission import admit_new_account
from resolvers.access.session_delivery import SessionDelivery, begin_session, deliver_session, require_deliverable
from resolvers.access.sessions import SessionPayload
from resolvers.access.takeover import end_access
from resolvers.core.context import Info
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, performs, run_mutation

INVALID = UserError(
    UserErrorCode.LINK_INVALID,
    "The link is not complete, has expired, or was used or replaced. Ask the operator for a new one.",
    ["token"],
)


@dataclass
class ResetPasswordInput(MutationInput):
    """The token from the link, and the new password, which has 10 to 200 characters."""

    SECRETS: ClassVar = ("token", "password")

    token: str
    password: str
    delivery: SessionDelivery = SessionDelivery.BEARER


@performs(Action.ACCOUNTS_RESET)
async def reset_password(info: Info, input: ResetPasswordInput) -> SessionPayload:
    """Set a new password with the token from a link that the operator made, and sign in.

    All other sessions of the account end, and the partner tokens that it granted are revoked. Errors: PASSWORD_INVALID;
    TOO_MANY_ATTEMPTS; LINK_INVALID: a link can be used once, within a day, and a newer link replaces it.
    """
    context = info.context
    context.require(Action.ACCOUNTS_RESET, facts.GATEWAY)
    require_deliverable(context, input.delivery)
    found, credential = None, parse(input.token)
    if credential is not None and credential.kind is CredentialKind.RESET:
        async with context.reading() as connection:
            found = await password_resets.by_token(connection, credential.token_hash)
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
        if not await password_resets.use(change.connection, link.id):
            await change.connection.rollback()
            change.key_owner = None
            return SessionPayload(errors=[INVALID])
        payload = await _reset(change, link, password_hash)
        await counted.give_back(change.connection)
        return payload

    payload = await run_mutation(context, Action.ACCOUNTS_RESET, work, input, SessionPayload)
    return await deliver_session(context, input, payload, password_hash)


async def _reset(change: Change, link: ResetRow, password_hash: str) -> SessionPayload:
    user = await users.set_password(change.connection, link.user_id, password_hash)
    ended = await end_access(change.connection, user.id)
    session_id, token, expires_at = await begin_session(change, user.id, password_hash, SignInMethod.LINK)
    after = {"reset": link.id, "session": session_id, **ended}
    await change.record(None, user.id, {}, after, by=user.id)
    return SessionPayload(user, token, expires_at)
