"""The mutations that change the roles of members: of one, or of many at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import strawberry

from db.audit import audit_log
from db.audit.audit_log import TargetChange
from db.people import members, roles
from db.people.members import MemberRow
from domain.actions import Action
from domain.bulk import BulkMode
from domain.problems import UserError, UserErrorCode
from domain.roles import Role
from policies import facts
from resolvers.core.context import Context, Info
from resolvers.core.fields import loaded_by
from resolvers.core.loaders import Loading
from resolvers.core.member_lists import (
    NO_MEMBER,
    PeopleInput,
    errors_in_rows,
    listed_people,
    require_same_people,
)
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, mutation, performs
from resolvers.core.prior_states import may_tell, told_in_rows
from resolvers.people.members import LAST_MANAGER, MEMBER, members_among

ALREADY = "This person already has this role."


@dataclass
class ChangeRoleInput(MutationInput):
    """The person whose role to change, in which team, and the new role."""

    team_id: strawberry.ID
    user_id: strawberry.ID
    role: Role


@dataclass(kw_only=True)
class ChangeRolesInput(PeopleInput):
    """1 to 5,000 members of a team, and the role that all of them get.

    Name each person by user id, by e-mail address or by external id, or find them by a filter.
    """

    role: Role


@dataclass
class ChangeRolePayload:
    """The member with their current role. `errors` says why the role was not changed."""

    member_id: strawberry.Private[str | None] = None
    errors: list[UserError] = field(default_factory=list)


@dataclass
class ChangeRolesPayload:
    """The members whose role was changed. `errors` say which roles were not changed, and why."""

    team_id: strawberry.Private[str]
    user_ids: strawberry.Private[list[str]] = field(default_factory=list)
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
    before = await _decided(change, team.id, [input.user_id], input.role)
    if not before:
        return ChangeRolePayload(errors=[UserError(UserErrorCode.NOT_FOUND, NO_MEMBER, ["userId"])])
    if await _last_managers(change, team.id, before, input.role):
        return ChangeRolePayload(errors=[UserError(UserErrorCode.LAST_CONTRACT_MANAGER, LAST_MANAGER, ["userId"])])
    member_ids = await _give(change, team.id, before, input.role)
    payload = ChangeRolePayload(member_ids[input.user_id])
    code = UserErrorCode.ALREADY_IN_ROLE
    if before[input.user_id] is input.role and may_tell(change, code, team.id, input.user_id):
        payload.errors.append(UserError(code, ALREADY, ["role"]))
    return payload


@mutation(Action.MEMBERS_CHANGE_ROLE)
async def change_roles(change: Change, input: ChangeRolesInput) -> ChangeRolesPayload:
    """Give many members of a team, or people who are invited to it, the same role.

    From the next request on, each person and the partner tokens that they granted have the rights of the new role. The
    policy decides about each person; if one of these changes is not allowed, nobody's role changes (FORBIDDEN). Nobody
    can change their own role. Only a contract manager can give or take away the role of contract manager. DUPLICATE,
    NOT_FOUND (no member of the team) and LAST_CONTRACT_MANAGER (these are all contract managers of the team) stop
    everything under ALL_OR_NOTHING, and only their own row under BEST_EFFORT. You can repeat it: a person who has the
    role already is reported (ALREADY_IN_ROLE, which is information).
    Raises NOT_FOUND for the team, FORBIDDEN.
    """
    team = await change.team(input.team_id)
    payload = ChangeRolesPayload(team.id)
    anybody = _target(change, team.id, "", input.role, None)
    asked = await listed_people(change, input, team.id, anybody, payload.errors)
    before = await _decided(change, team.id, asked, input.role)
    await require_same_people(change, input, team.id, asked)
    payload.errors += errors_in_rows(asked, asked.keys() - before.keys(), UserErrorCode.NOT_FOUND, NO_MEMBER)
    last_managers = await _last_managers(change, team.id, before, input.role)
    payload.errors += errors_in_rows(asked, last_managers, UserErrorCode.LAST_CONTRACT_MANAGER, LAST_MANAGER)
    stopped = bool(payload.errors) and input.mode is BulkMode.ALL_OR_NOTHING
    already = [user_id for user_id, role in before.items() if role is input.role]
    payload.errors += told_in_rows(change, team.id, asked, already, UserErrorCode.ALREADY_IN_ROLE, ALREADY)
    changing = {one: role for one, role in before.items() if one not in {*already, *last_managers}}
    if stopped or not changing:
        return payload
    await _give(change, team.id, changing, input.role)
    payload.user_ids = list(changing)
    return payload


@performs(Action.MEMBERS_READ)
@loaded_by("member_id")
def member(context: Context) -> Loading[MemberRow]:
    """The member with their current role; null after an error, and if you may not see the member."""
    return context.loading(MEMBER.find)


@performs(Action.MEMBERS_READ)
async def changed_members(root: ChangeRolesPayload, info: Info) -> list[MemberRow]:
    """The members whose role was changed, with their current role, in the order of their names.

    Only those that you may see.
    """
    return await members_among(info.context, root.team_id, root.user_ids)


async def _decided(change: Change, team_id: str, user_ids: Collection[str], role: Role) -> dict[str, Role]:
    """Decide whether these people may get the role, and lock their memberships.

    Returns the present role of each who is a member, by user id, in the same order. Raises Forbidden.
    """
    about = list(user_ids) or [""]
    # Refuse before any membership is read or locked, because a refusal or a wait could reveal the role of a person.
    change.require(_target(change, team_id, one, role, None) for one in about)
    # Also lock the actor's membership and load the actor again: of two people who demote each other, one must fail.
    own_id = facts.acts_for(change.actor)
    known = await members.lock(change.connection, team_id, [*user_ids, *([own_id] if own_id else [])])
    await change.reload_actor()
    await change.decide(*(_target(change, team_id, one, role, known.get(one)) for one in about))
    return {user_id: known[user_id] for user_id in user_ids if user_id in known}


async def _last_managers(change: Change, team_id: str, before: Mapping[str, Role], role: Role) -> list[str]:
    """Those who must keep their role, because nobody would be a contract manager of the team any more."""
    demoted = [user_id for user_id, one in before.items() if one is Role.CONTRACT_MANAGER and role is not one]
    return await members.last_managers(change.connection, team_id, demoted) if demoted else []


async def _give(change: Change, team_id: str, before: Mapping[str, Role], role: Role) -> dict[str, str]:
    """Give these people the role, and record each change. Returns their member ids, by user id.

    `before` has their present roles, by user id. The memberships are locked.
    """
    member_ids = await roles.change(change.connection, team_id, dict.fromkeys(before, role))
    changes = [
        TargetChange(member_ids[user_id], {"role": one}, {"user": user_id, "role": role})
        for user_id, one in before.items()
        if one is not role
    ]
    if changes:
        row = await change.audit_row(team_id, None, {}, {})
        await audit_log.record_each(change.connection, row, changes)
    return member_ids


def _target(change: Change, team_id: str, user_id: str, role: Role, before: Role | None) -> facts.Member:
    manager = Role.CONTRACT_MANAGER in (before, role)
    return facts.member(change.actor, team_id, user_id, contract_manager=manager)
