"""The mutation that changes the role of a member."""

from dataclasses import dataclass, field

import strawberry

from db.people import members, roles
from db.people.members import MemberRow
from domain.actions import Action
from domain.problems import UserError, UserErrorCode
from domain.roles import Role
from policies import facts
from resolvers.core.context import Context
from resolvers.core.fields import loaded_by
from resolvers.core.loaders import Loading
from resolvers.core.member_lists import NO_MEMBER
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, mutation, performs
from resolvers.people.members import LAST_MANAGER, MEMBER


@dataclass
class ChangeRoleInput(MutationInput):
    """The person whose role to change, in which team, and the new role."""

    team_id: strawberry.ID
    user_id: strawberry.ID
    role: Role


@dataclass
class ChangeRolePayload:
    """The member with their current role. `errors` says why the role was not changed."""

    member_id: strawberry.Private[str | None] = None
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.MEMBERS_CHANGE_ROLE)
async def change_role(change: Change, input: ChangeRoleInput) -> ChangeRolePayload:
    """Change the role of a member of the team, or of a person who is invited to it.

    From the next request on, the person and the partner tokens that they granted have the rights of the new role. If
    the person already has the role, nothing changes, and the information ALREADY_IN_ROLE is returned. Errors:
    NOT_FOUND (the person is not a member of the team) and LAST_CONTRACT_MANAGER. Nobody can change their own role.
    Only a contract manager can give or take away the role of contract manager.
    Raises NOT_FOUND for the team, FORBIDDEN.
    """
    team = await change.team(input.team_id)
    # Refuse before any membership is read or locked, because a refusal or a wait could reveal the role of a person.
    change.require([_target(change, input, None)])
    # Also lock the actor's membership and load the actor again: of two people who demote each other, one must fail.
    own_id = facts.acts_for(change.actor)
    known = await members.lock(change.connection, team.id, [input.user_id, *([own_id] if own_id else [])])
    await change.reload_actor()
    before = known.get(input.user_id)
    await change.decide(_target(change, input, before))
    if before is None:
        return ChangeRolePayload(errors=[UserError(UserErrorCode.NOT_FOUND, NO_MEMBER, ["userId"])])
    demoted = before is Role.CONTRACT_MANAGER and input.role is not before
    if demoted and await members.last_managers(change.connection, team.id, [input.user_id]):
        return ChangeRolePayload(errors=[UserError(UserErrorCode.LAST_CONTRACT_MANAGER, LAST_MANAGER, ["userId"])])
    member_id = await roles.change(change.connection, team.id, input.user_id, input.role)
    if before is input.role:
        message = "This person already has this role."
        return ChangeRolePayload(member_id, [UserError(UserErrorCode.ALREADY_IN_ROLE, message, ["role"])])
    await change.record(team.id, member_id, {"role": before}, {"user": input.user_id, "role": input.role})
    return ChangeRolePayload(member_id)


@performs(Action.MEMBERS_READ)
@loaded_by("member_id")
def member(context: Context) -> Loading[MemberRow]:
    """The member with their current role; null after an error, and if you may not see the member."""
    return context.loading(MEMBER.find)


def _target(change: Change, input: ChangeRoleInput, before: Role | None) -> facts.Member:
    manager = Role.CONTRACT_MANAGER in (before, input.role)
    return facts.member(change.actor, input.team_id, input.user_id, contract_manager=manager)
