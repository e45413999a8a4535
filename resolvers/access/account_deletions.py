"""The mutation with which people delete their own account."""

from dataclasses import dataclass, field
from typing import Any

import strawberry

from db.access import account_deletions
from db.access.account_deletions import OwnMembership
from db.people import members
from db.queue import jobs
from domain.actions import Action
from domain.mails import ACCOUNT_DELETED, AccountDeletedMail
from domain.problems import UserError, UserErrorCode
from domain.text import full_name
from policies import facts
from resolvers.access.confirmation import ConfirmedInput, sensitive
from resolvers.access.takeover import end_access
from resolvers.core.mutations import Change
from resolvers.people.members import end_memberships

LAST_MANAGER = (
    "You are the only contract manager of {}, and a team must keep one. Make somebody else a contract manager first, "
    "or ask the vendor what to do with the company."
)


class DeleteAccountInput(ConfirmedInput):
    """The confirmation that you want to delete your account."""


@dataclass
class DeleteAccountPayload:
    """The account that was deleted."""

    deleted_user_id: strawberry.ID | None = field(
        default=None, metadata={"description": "The id of the account; null if it was not deleted."}
    )
    errors: list[UserError] = field(default_factory=list)


@sensitive(Action.ACCOUNTS_DELETE)
async def delete_account(change: Change, input: DeleteAccountInput) -> DeleteAccountPayload:
    """Delete your own account, for good.

    You leave all of your teams as `removeMembers` lets people leave: your seats are assigned to people on the waiting
    list, or go back to their pools, your requests are deleted, and the partner tokens that you granted are revoked.
    All of your sessions end. Your address, your names and all else that identifies you are erased; the history of the
    seats and the audit log go on to name you by the id of your account. With the address, you can sign up as a new
    person. A mail tells you about it. Errors: LAST_CONTRACT_MANAGER for each team of which you are the only contract
    manager; then nothing is deleted; PASSWORD_NEEDED, SIGN_IN_AGAIN, INVALID_CREDENTIALS and TOO_MANY_ATTEMPTS, as of
    `changePassword`.
    """
    await change.decide(facts.GATEWAY)
    user_id = change.by
    teams = await account_deletions.memberships(change.connection, user_id)
    locked = {one.team_id: await members.lock(change.connection, one.team_id, [user_id]) for one in teams}
    errors = [error for one in teams if (error := await _refusal(change, one))]
    if errors:
        return DeleteAccountPayload(errors=errors)
    for team_id, roles in locked.items():
        if roles:
            await end_memberships(change, team_id, roles)
    await _delete(change, user_id, [one.team_id for one in teams])
    if not input.dry_run:
        change.context.cookie = ""
    return DeleteAccountPayload(strawberry.ID(user_id))


async def _refusal(change: Change, membership: OwnMembership) -> UserError | None:
    if not await members.last_managers(change.connection, membership.team_id, [change.by]):
        return None
    return UserError(UserErrorCode.LAST_CONTRACT_MANAGER, LAST_MANAGER.format(membership.team))


async def _delete(change: Change, user_id: str, team_ids: list[str]) -> None:
    """Erase the account, record that, and queue the mail, which needs the address once more."""
    after: dict[str, Any] = {"deleted": True, "teams": team_ids, **await end_access(change.connection, user_id)}
    person = await account_deletions.erase(change.connection, user_id)
    await change.record(None, user_id, {}, after)
    name = full_name(person.first_name, person.last_name)
    mail = AccountDeletedMail(user_id, person.email, name, person.language)
    await jobs.enqueue(change.connection, ACCOUNT_DELETED, [mail])
