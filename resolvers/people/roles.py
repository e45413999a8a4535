"""What a person is in a team, changed."""

from dataclasses import dataclass, field

import strawberry

from db.people import members, roles
from db.people.members import MemberRow
from domain.actions import Action
from domain.problems import UserError, UserErrorCode
from domain.roles import Role
from policies import facts
from resolvers.core.context import Context
from resolvers.core.fields import of_each
from resolvers.core.loaders import Loading
from resolvers.core.member_lists import NO_MEMBER
from resolvers.core.mutations import Change, MutationInput, mutation, performs
from resolvers.people.members import LAST, MEMBER


@dataclass
class ChangeRoleInput(MutationInput):
    """Whose role to change, in which team, and to what."""

    team_id: strawberry.ID
    user_id: strawberry.ID
    role: Role


@dataclass
class ChangeRolePayload:
    """The member with the role they have now; `errors` say why it was not changed, or did not need to be."""

    member_id: strawberry.Private[str | None] = None
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.MEMBERS_CHANGE_ROLE)
async def change_role(change: Change, input: ChangeRoleInput) -> ChangeRolePayload:
    """Make a member of the team, or who is invited to be one, something else in it.

    What they may do changes with their next request, and so does what tokens they granted may. It converges: who is
    that already stays it (ALREADY_IN_ROLE, which is information). NOT_FOUND (no member of the team) and
    LAST_CONTRACT_MANAGER. Nobody changes their own role, and only a contract manager makes or unmakes one.
    Raises NOT_FOUND for the team, FORBIDDEN.
    """
    team = await change.team(input.team_id)
    # Refused before anybody is looked at: what a refusal says, or a lock, must not tell who has which role.
    change.require([_facts(change, input, None)])
    # Whoever acts is locked too and looked at again: of two who demote each other, one must come too late.
    acting = facts.acts_for(change.actor)
    known = await members.lock(change.connection, team.id, [input.user_id, *([acting] if acting else [])])
    await change.look_again()
    before = known.get(input.user_id)
    await change.decide(_facts(change, input, before))
    if before is None:
        return ChangeRolePayload(errors=[UserError(UserErrorCode.NOT_FOUND, NO_MEMBER, ["userId"])])
    demoted = before is Role.CONTRACT_MANAGER and input.role is not before
    if demoted and await members.last_managers(change.connection, team.id, [input.user_id]):
        return ChangeRolePayload(errors=[UserError(UserErrorCode.LAST_CONTRACT_MANAGER, LAST, ["userId"])])
    member_id = await roles.change(change.connection, team.id, input.user_id, input.role)
    if before is input.role:
        message = "This person has this role already."
        return ChangeRolePayload(member_id, [UserError(UserErrorCode.ALREADY_IN_ROLE, message, ["role"])])
    await change.record(team.id, member_id, {"role": before}, {"user": input.user_id, "role": input.role})
    return ChangeRolePayload(member_id)


@performs(Action.MEMBERS_READ)
@of_each("member_id")
def member(context: Context) -> Loading[MemberRow]:
    """The member with the role they have now; null when nothing was done, and where you may not see them."""
    return context.loading(MEMBER.find)


def _facts(change: Change, input: ChangeRoleInput, before: Role | None) -> facts.Member:
    manager = Role.CONTRACT_MANAGER in (before, input.role)
    return facts.member(change.actor, input.team_id, input.user_id, contract_manager=manager)
