"""A person's own passkeys, and the mutations that add, rename and remove them."""

from dataclasses import dataclass, field, replace
from typing import ClassVar, cast

import strawberry
from strawberry.scalars import JSON

from db.access import passkeys, second_factors
from db.access.passkeys import PasskeyRow
from db.core.paging import Listing
from db.people import users
from domain import text
from domain.actions import Action
from domain.mails import AccountEvent
from domain.paging import Paging
from domain.passkeys import MAX_PASSKEYS
from domain.problems import NotFound, UserError, UserErrorCode
from domain.subjects import Person
from domain.text import NAME_RULE
from policies import facts
from resolvers.access import passkey_answers
from resolvers.access.account_notices import notify
from resolvers.access.confirmation import ConfirmedInput, missing_step, sensitive
from resolvers.access.passkey_answers import PasskeyRefused
from resolvers.access.passkey_uses import use_challenge
from resolvers.access.second_factors import make_recovery_codes
from resolvers.core.changed_lists import told
from resolvers.core.context import Context, Info
from resolvers.core.fields import loaded_by, paged
from resolvers.core.loaders import Loading
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, mutation, performs, run_mutation
from resolvers.core.relay import BY_ID, ConnectionRow, EdgeRow, listing
from resolvers.core.rollbacks import roll_back

BAD_NAME = UserError(UserErrorCode.NAME_INVALID, NAME_RULE, ["name"])
TAKEN = UserError(UserErrorCode.PASSKEY_TAKEN, "This passkey was added before.", ["answer"])
TOO_MANY = UserError(
    UserErrorCode.TOO_MANY_PASSKEYS, f"An account has at most {MAX_PASSKEYS} passkeys. Remove one that you do not use."
)


class BeginPasskeyInput(ConfirmedInput):
    """Begin to add a passkey to your account."""


@dataclass
class AddPasskeyInput(MutationInput):
    """The passkey that the browser made with the options of `beginPasskey`, and a name for it."""

    answer: JSON
    name: str


@dataclass
class RenamePasskeyInput(MutationInput):
    """One of your passkeys, and its new name."""

    passkey_id: strawberry.ID
    name: str


@dataclass
class RemovePasskeyInput(ConfirmedInput):
    """One of your passkeys."""

    passkey_id: strawberry.ID


@dataclass
class BeginPasskeyPayload:
    """What the browser needs to make a passkey."""

    options: JSON | None = field(
        default=None,
        metadata={
            "description": (
                "For `PublicKeyCredential.parseCreationOptionsFromJSON`. Null in a dry run, and if `errors` says why."
            )
        },
    )
    errors: list[UserError] = field(default_factory=list)


@dataclass
class AddPasskeyPayload:
    """The passkey that was added."""

    SECRETS: ClassVar = ("recovery_codes",)

    passkey: PasskeyRow | None = field(
        default=None, metadata={"description": "The new passkey; null if it was not added."}
    )
    recovery_codes: list[str] | None = field(
        default=None,
        metadata={
            "description": (
                "Ten codes, each of which stands for the second factor once, if your account has no unused code left; "
                "they are shown once. Null in a dry run and a repeat, and if an unused code is left."
            )
        },
    )
    errors: list[UserError] = field(default_factory=list)


@dataclass
class RenamePasskeyPayload:
    """The passkey with its new name."""

    passkey: PasskeyRow | None = field(default=None, metadata={"description": "Null if the name is not valid."})
    errors: list[UserError] = field(default_factory=list)


@dataclass
class RemovePasskeyPayload:
    """The passkey that was removed."""

    removed_passkey_id: strawberry.ID | None = field(
        default=None, metadata={"description": "The id of the passkey; null if it was not removed."}
    )
    errors: list[UserError] = field(default_factory=list)


@performs(Action.PASSKEYS_READ)
@loaded_by("id")
@paged
def own_passkeys(context: Context, paging: Paging) -> Loading[ConnectionRow[PasskeyRow]]:
    """Your passkeys, in the order in which you added them; none for another person.

    FORBIDDEN for a partner token.
    """
    context.require(Action.PASSKEYS_READ, facts.GATEWAY)
    return listing(context, _listed, paging)


@sensitive(Action.PASSKEYS_ADD)
async def begin_passkey(change: Change, input: BeginPasskeyInput) -> BeginPasskeyPayload:
    """Begin to add a passkey to your account. The browser makes it with `options`; send its answer to `addPasskey`.

    The options can be used once, within 5 minutes. Errors: TOO_MANY_PASSKEYS; PASSWORD_NEEDED if you signed in more
    than 10 minutes ago; SIGN_IN_AGAIN if you did and the account has no password, or if it has a second factor that
    was not given in this session; INVALID_CREDENTIALS for a wrong `password`; TOO_MANY_ATTEMPTS.
    """
    await change.decide(facts.GATEWAY)
    account = await users.get(change.connection, change.by)
    known = await passkeys.descriptors(change.connection, account.id)
    if len(known) >= MAX_PASSKEYS:
        return BeginPasskeyPayload(errors=[TOO_MANY])
    options = passkey_answers.options_to_add(change.context.relying_party, account, known)
    await change.record(None, account.id, {}, {"passkey": "begun"})
    return BeginPasskeyPayload(None if input.dry_run else cast("JSON", options))


@performs(Action.PASSKEYS_ADD)
async def add_passkey(info: Info, input: AddPasskeyInput) -> AddPasskeyPayload:
    """Add a passkey to your account, with the answer of the browser. From then on you can sign in with it.

    It is a second factor, too: from then on, a sign-in with the password needs a second step. This session counts as
    one with a second factor. If no unused recovery code is left, the answer has ten new ones: keep them for the time
    when you have lost the device. A mail tells you about it. Errors: NAME_INVALID; PASSKEY_REFUSED if the answer is not
    for the options that `beginPasskey` made for you, if they have expired or were used, or if the device did not verify
    that it is you; PASSKEY_TAKEN if an account has the passkey already; TOO_MANY_PASSKEYS; SIGN_IN_AGAIN if the account
    has a second factor that was not given in this session.
    """
    info.context.require(Action.PASSKEYS_ADD, facts.GATEWAY)
    given = replace(input, answer=cast("JSON", passkey_answers.read(input.answer)))
    return await run_mutation(info.context, Action.PASSKEYS_ADD, _add, given, AddPasskeyPayload)


@mutation(Action.PASSKEYS_RENAME)
async def rename_passkey(change: Change, input: RenamePasskeyInput) -> RenamePasskeyPayload:
    """Give one of your passkeys another name. Errors: NAME_INVALID. Raises NOT_FOUND if you have no such passkey."""
    await change.decide(facts.GATEWAY)
    name = text.display_name(input.name)
    if name is None:
        return RenamePasskeyPayload(errors=[BAD_NAME])
    renamed = await passkeys.rename(change.connection, change.by, input.passkey_id, name)
    if renamed is None:
        raise NotFound("passkey")
    # A name may tell something about the person, so the audit log has none.
    await change.record(None, renamed.id, {}, {"passkey": "renamed"})
    return RenamePasskeyPayload(renamed)


@sensitive(Action.PASSKEYS_REMOVE)
async def remove_passkey(change: Change, input: RemovePasskeyInput) -> RemovePasskeyPayload:
    """Remove one of your passkeys: nobody can sign in with it any more. Sessions that began with it do not end.

    If no other second factor is left, your recovery codes end too, and a password is enough to sign in again.
    A mail tells you about it. Errors: PASSWORD_NEEDED, SIGN_IN_AGAIN, INVALID_CREDENTIALS and TOO_MANY_ATTEMPTS, as of
    `beginPasskey`. Raises NOT_FOUND if you have no such passkey.
    """
    await change.decide(facts.GATEWAY)
    removed = await passkeys.remove(change.connection, change.by, input.passkey_id)
    # The removal waits for the lock of the account. Meanwhile a reset of the password may have ended this session.
    await change.reload_actor()
    if removed is None:
        raise NotFound("passkey")
    sessions = await second_factors.forget(change.connection, change.by)
    after = {"sessionsWithout": sessions} if sessions else {}
    await change.record(None, removed.id, {"device": removed.device}, after)
    await notify(change, change.by, AccountEvent.PASSKEY_REMOVED)
    return RemovePasskeyPayload(strawberry.ID(removed.id))


@told
async def new_passkey_edges(root: AddPasskeyPayload, _info: Info) -> list[EdgeRow[PasskeyRow]]:
    """The new passkey, for the list of your passkeys."""
    return [] if root.passkey is None else [EdgeRow(root.passkey, (root.passkey.id,), BY_ID)]


@told
async def deleted_passkey_ids(root: RemovePasskeyPayload, _info: Info) -> list[strawberry.ID]:
    """The ids of your passkeys that were removed."""
    return [] if root.removed_passkey_id is None else [root.removed_passkey_id]


async def _add(change: Change, input: AddPasskeyInput) -> AddPasskeyPayload:
    await change.decide(facts.GATEWAY)
    name = text.display_name(input.name)
    if name is None:
        return AddPasskeyPayload(errors=[BAD_NAME])
    connection, answer = change.connection, cast("passkey_answers.Answer", input.answer)
    try:
        passkey, challenge = passkey_answers.new_passkey(change.context.relying_party, answer, change.by, name)
        await use_challenge(connection, challenge)
    except PasskeyRefused as refused:
        return AddPasskeyPayload(errors=[refused.error])
    number = await passkeys.count_locked(connection, change.by)
    # A reset of the password may have ended this session meanwhile, and the account may have got a second factor.
    await change.reload_actor()
    if (missing := await missing_step(change)) is not None:
        await roll_back(change)
        return AddPasskeyPayload(errors=[missing])
    added = await passkeys.add(connection, passkey) if number < MAX_PASSKEYS else None
    if added is None:
        # The challenge was used for nothing.
        await roll_back(change)
        return AddPasskeyPayload(errors=[TAKEN if number < MAX_PASSKEYS else TOO_MANY])
    codes = await _missing_recovery_codes(change)
    await change.record(None, added.id, {}, {"device": added.device, "recoveryCodes": len(codes or ())})
    await notify(change, change.by, AccountEvent.PASSKEY_ADDED)
    return AddPasskeyPayload(added, None if input.dry_run else codes)


async def _missing_recovery_codes(change: Change) -> list[str] | None:
    """Let the session count as one with a second factor. Returns new codes if no unused one is left."""
    if isinstance(change.actor, Person):
        await second_factors.prove(change.connection, change.actor.session_id)
    if (await second_factors.of_account(change.connection, change.by)).recovery_codes:
        return None
    return await make_recovery_codes(change, change.by)


def _listed(context: Context) -> Listing[PasskeyRow]:
    return passkeys.listed(context.account_reach(Action.MEMBERS_READ))
