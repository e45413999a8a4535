"""The mutation to change the password of the own account."""

from dataclasses import dataclass, field
from typing import ClassVar

import strawberry

from db.access import own_sessions
from db.people import users
from db.people.users import UserRow
from domain.actions import Action
from domain.mails import AccountEvent
from domain.problems import UserError
from domain.subjects import Person
from policies import facts
from resolvers.access import passwords
from resolvers.access.account_notices import notify
from resolvers.access.admission import admit_new_account
from resolvers.access.confirmation import ConfirmedInput, confirm
from resolvers.access.persons import signed_in
from resolvers.access.session_delivery import mark_origin
from resolvers.access.takeover import end_links
from resolvers.core.changed_lists import told
from resolvers.core.context import Info
from resolvers.core.mutations import Change, performs, run_mutation


@dataclass
class ChangePasswordInput(ConfirmedInput):
    """The new password, which has 10 to 200 characters."""

    SECRETS: ClassVar = (*ConfirmedInput.SECRETS, "new_password")

    new_password: str


@dataclass
class ChangePasswordPayload:
    """The account, and how many other sessions of it were ended."""

    user: UserRow | None = field(default=None, metadata={"description": "You; null if nothing was changed."})
    ended_sessions: int = field(default=0, metadata={"description": "How many other sessions were ended."})
    ended_session_ids: strawberry.Private[list[strawberry.ID]] = field(default_factory=list)
    errors: list[UserError] = field(default_factory=list)


@performs(Action.ACCOUNTS_CHANGE_PASSWORD)
async def change_password(info: Info, input: ChangePasswordInput) -> ChangePasswordPayload:
    """Change the password of your account, or set the first one.

    All your other sessions end, links to set a new password stop working, and so does the change of your address if it
    was not confirmed yet. Your partner tokens stay, and so do your passkeys and your sign-ins by OpenID Connect, which
    are other keys to the account: show them to the person, who removes those that they do not know (`removePasskey`,
    `unlinkIdentity`). A mail tells you about it. Errors: PASSWORD_INVALID; PASSWORD_NEEDED if you signed in more than
    10 minutes ago; SIGN_IN_AGAIN if you did and the account has no password, or if it has a second factor that was not
    given in this session; INVALID_CREDENTIALS for a wrong `password`; TOO_MANY_ATTEMPTS.
    """
    context = info.context
    context.require(Action.ACCOUNTS_CHANGE_PASSWORD, facts.GATEWAY)
    if invalid := passwords.errors(input.new_password, "newPassword"):
        return ChangePasswordPayload(errors=invalid)
    if (refused := await confirm(context, input.password)) is not None:
        return ChangePasswordPayload(errors=[refused])
    actor = signed_in(context.actor)
    passwords.require_capacity()
    opening = await admit_new_account(context, f"password|{actor.user_id}")
    if isinstance(opening, UserError):
        return ChangePasswordPayload(errors=[opening])
    password_hash = await passwords.hash_password(input.new_password, opening.place)
    counted = opening

    async def work(change: Change, _: ChangePasswordInput) -> ChangePasswordPayload:
        await change.decide(facts.GATEWAY)
        payload = await _change(change, actor, password_hash)
        await counted.give_back(change.connection)
        return payload

    payload = await run_mutation(context, Action.ACCOUNTS_CHANGE_PASSWORD, work, input, ChangePasswordPayload)
    if not input.dry_run:
        # The new password makes all devices and places new. This one has just shown that it is the person's.
        await mark_origin(context, actor.user_id, password_hash)
    return payload


@told
async def deleted_session_ids(root: ChangePasswordPayload, _info: Info) -> list[strawberry.ID]:
    """The ids of your other sessions, which were ended."""
    return root.ended_session_ids


async def _change(change: Change, actor: Person, password_hash: str) -> ChangePasswordPayload:
    user = await users.set_password(change.connection, actor.user_id, password_hash)
    # The account is locked now. Another change of the password may have ended this session meanwhile.
    await change.reload_actor()
    ended = await own_sessions.end_others(change.connection, user.id, actor.session_id)
    links = await end_links(change.connection, user.id)
    after = {name: value for name, value in {"endedSessions": len(ended), **links}.items() if value}
    await change.record(None, user.id, {}, after)
    await notify(change, user.id, AccountEvent.PASSWORD_CHANGED)
    return ChangePasswordPayload(user, len(ended), [strawberry.ID(id_) for id_ in ended])
