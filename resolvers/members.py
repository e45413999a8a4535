"""Members taken out of a team."""

from dataclasses import dataclass, field

from db import assignments, members
from domain.actions import Action
from domain.problems import UserError, UserErrorCode
from domain.roles import Role
from domain.seats import SourceKind
from policies import facts
from resolvers.changes import Change, mutation
from resolvers.people import NO_MEMBER, BulkMode, PeopleInput, listed, rows

EVERY_KIND = frozenset(SourceKind)
LAST = "A team keeps at least one contract manager; make somebody else one first."


class RemoveMembersInput(PeopleInput):
    """Whom to take out of the team."""


@dataclass
class RemoveMembersPayload:
    """Who was removed, by user id, in the order asked for; `errors` say why others were not."""

    removed_user_ids: list[str] = field(default_factory=list)
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.MEMBERS_REMOVE)
async def remove_members(change: Change, input: RemoveMembersInput) -> RemoveMembersPayload:
    """Take these people out of the team.

    Their seats in it go back to their pools and their rights in it end with the next request, those of tokens they
    granted too; accounts and history stay. DUPLICATE, NOT_FOUND and LAST_CONTRACT_MANAGER stop everything under
    ALL_OR_NOTHING, and only their own row under BEST_EFFORT.
    Raises NOT_FOUND for the team, FORBIDDEN.
    """
    team = await change.team(input.team_id)
    payload = RemoveMembersPayload()
    asked = listed(input, payload.errors)
    # Refused before anybody is looked at: what a refusal says, or a lock, must not tell who has which role.
    change.require(_facts(change, team.id, one, None) for one in asked or [""])
    # Whoever acts is locked with the others and looked at again: two who remove each other must not both succeed.
    acting = facts.acts_for(change.actor)
    known = await members.lock(change.connection, team.id, [*asked, *([acting] if acting else [])])
    await change.look_again()
    await change.decide(*(_facts(change, team.id, one, known.get(one)) for one in asked or [""]))
    payload.errors += rows(asked, asked.keys() - known.keys(), UserErrorCode.NOT_FOUND, NO_MEMBER)
    going = [user_id for user_id in asked if user_id in known]
    staying = await members.last_managers(change.connection, team.id, going)
    payload.errors += rows(asked, staying, UserErrorCode.LAST_CONTRACT_MANAGER, LAST)
    going = [user_id for user_id in going if user_id not in staying]
    if not going or (payload.errors and input.mode is BulkMode.ALL_OR_NOTHING):
        return payload
    ended = await assignments.free(change.connection, team.id, None, going, EVERY_KIND, change.by)
    await members.remove(change.connection, team.id, going)
    freed = {one.seat_id: one.user_id for one in ended}
    before = {"members": {user_id: known[user_id] for user_id in going}}
    await change.record(team.id, team.id, before, {"removed": going, "freed": freed})
    payload.removed_user_ids = going
    return payload


def _facts(change: Change, team_id: str, user_id: str, role: Role | None) -> facts.Member:
    return facts.member(change.actor, team_id, user_id, contract_manager=role is Role.CONTRACT_MANAGER)
