"""Editing people who are in a team: the mutation for one person, and the part that it shares with `importMembers`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import strawberry

from db.audit.audit_log import PersonalValues, TargetChange
from db.groups import given_products, groups
from db.invitations import bulk_invitations, member_updates
from db.invitations import external_ids as stored_ids
from db.invitations.member_updates import Names, PresentMember
from db.people import members, roles
from db.people.teams import TeamRow
from db.seats import waiting_list as waits
from db.seats.seats import SeatRow
from db.seats.waits import WaitRow
from domain.actions import Action
from domain.bulk import BulkMode
from domain.problems import BadInput, UserError, UserErrorCode
from domain.roles import Role
from domain.text import NAME_RULE, display_name, last_name
from policies import facts
from resolvers.core.changed_lists import MemberGroupLists, SeatLists
from resolvers.core.member_lists import NO_MEMBER
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, mutation
from resolvers.groups.seat_giving import (
    FREED,
    PROMOTED,
    SEATS,
    WAITS,
    Outcome,
    add_to_groups,
    group_source,
    take,
)
from resolvers.invitations import external_ids
from resolvers.invitations.bulk_invitations import target
from resolvers.people.members import LAST_MANAGER
from resolvers.people.profiles import tell_new_names

NO_GROUP = "The team has no group with this id."


@dataclass
class UpdateMemberInput(MutationInput):
    """A member of a team, or a person who is invited to it, and what to change. What you leave out stays as it is."""

    team_id: strawberry.ID
    user_id: strawberry.ID
    first_name: str | None = None
    last_name: str | None = None
    role: Role | None = None
    group_ids: list[strawberry.ID] | None = None
    external_id: str | None = None
    mode: BulkMode = BulkMode.ALL_OR_NOTHING


@dataclass
class UpdateMemberPayload(SeatLists, MemberGroupLists):
    """The member as they are now, and the seats that they got and lost by joining and leaving groups."""

    seats: list[SeatRow] = field(default_factory=list, metadata=SEATS)
    waits: list[WaitRow] = field(default_factory=list, metadata=WAITS)
    freed: list[SeatRow] = field(default_factory=list, metadata=FREED)
    promoted: list[SeatRow] = field(default_factory=list, metadata=PROMOTED)
    errors: list[UserError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Edit:
    """What changes in one member. None, or no group, means that something stays as it is."""

    member: PresentMember
    names: Names | None = None
    role: Role | None = None
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    # Empty if it is removed.
    external_id: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return not (self.names or self.role or self.joined or self.left) and self.external_id is None

    @property
    def demotes(self) -> bool:
        """Whether a contract manager loses this role."""
        return self.role is not None and self.member.role is Role.CONTRACT_MANAGER

    def recorded(self) -> TargetChange:
        """The change as the audit log shows it."""
        before: dict[str, Any] = {}
        after: dict[str, Any] = {"user": self.member.user_id}
        person = PersonalValues(self.member.user_id, {}, {})
        if self.names is not None:
            person.before["name"], person.after["name"] = list(self.member.names), list(self.names)
        if self.external_id is not None:
            person.before["externalId"], person.after["externalId"] = self.member.external_id, self.external_id or None
        if self.role is not None:
            before["role"], after["role"] = self.member.role, self.role
        after |= {what: list(ids) for what, ids in (("joined", self.joined), ("left", self.left)) if ids}
        return TargetChange(self.member.member_id, before, after, person if person.after else None)


@mutation(Action.MEMBERS_UPDATE)
async def update_member(change: Change, input: UpdateMemberInput) -> UpdateMemberPayload:
    """Change the names, the role, the groups and the external id of a member, or of an invited person.

    Names: before a person has accepted, they are those in your invitation, and you can correct them. After that, they
    belong to the person's account, and only the person can change them, for all of their teams. A mail tells them.
    Roles: as with `changeRole`; you also need the right to change roles. Groups: `groupIds` are all groups that the
    person is in afterwards. As with `setGroupMembers`, seats follow; you also need the right to change groups, and to
    assign or unassign the seats. Under ALL_OR_NOTHING, a missing seat stops everything (NO_SEAT_LEFT); under the other
    modes, the person joins the groups without the seat, and under WAITLIST joins the waiting list (WAITING).
    External ids: an empty one removes the id. A plain user may not change their own, and nobody but a contract manager
    that of a contract manager. You also need the right to read members.
    Errors: NOT_FOUND (the person is not in the team), NAME_INVALID, GROUP_NOT_FOUND, LAST_CONTRACT_MANAGER,
    EXTERNAL_ID_INVALID, EXTERNAL_ID_TAKEN.
    Raises NOT_FOUND for the team, FORBIDDEN, BAD_USER_INPUT if there is nothing to change.
    """
    team = await change.team(input.team_id)
    _require_rights(change, team, input)
    await given_products.lock_changes(change.connection, team.id)
    # Also lock the actor's membership and load the actor again, as `changeRole` does.
    own_id = facts.acts_for(change.actor)
    await members.lock(change.connection, team.id, [input.user_id, *([own_id] if own_id else [])])
    await change.reload_actor()
    present = (await member_updates.present(change.connection, team.id, [input.user_id])).get(input.user_id)
    if present is None:
        await change.decide(update_target(change, team.id, input.user_id))
        return UpdateMemberPayload(errors=[UserError(UserErrorCode.NOT_FOUND, NO_MEMBER, ["userId"])])
    edit = _edit(input, present)
    await _decide(change, team, edit, in_groups=input.group_ids is not None)
    payload = UpdateMemberPayload(member_id=present.member_id)
    payload.errors += await _errors(change, team, input, edit)
    if payload.errors or edit.is_empty:
        return payload
    outcome = await _carry_out(change, team, edit, input.mode)
    payload.errors += outcome.errors
    if not outcome.shortage:
        _note_groups(payload, team.id, edit, outcome)
    return payload


def _note_groups(payload: UpdateMemberPayload, team_id: str, edit: Edit, outcome: Outcome) -> None:
    payload.seats, payload.waits = outcome.seats, outcome.waits
    payload.freed, payload.promoted = outcome.freed, outcome.promoted
    outcome.note_in(payload, team_id)
    payload.groups_team_id = team_id
    payload.joined_group_ids, payload.left_group_ids = list(edit.joined), list(edit.left)


def names_decision(change: Change, team_id: str, member: PresentMember) -> tuple[Action, facts.Member]:
    """The action that changes the names of a member, which are those of the invitation or those of the account."""
    manager = member.role is Role.CONTRACT_MANAGER
    action = Action.ACCOUNTS_RENAME if member.is_accepted else Action.MEMBERS_UPDATE
    return action, facts.member(change.actor, team_id, member.user_id, contract_manager=manager)


def update_target(change: Change, team_id: str, user_id: str) -> facts.Member:
    """The facts about a change in a member that leaves the names as they are. Other actions decide about it, too."""
    return facts.member(change.actor, team_id, user_id, contract_manager=False)


def role_target(change: Change, team_id: str, member: PresentMember, role: Role) -> facts.Member:
    """The facts about giving a member another role."""
    manager = Role.CONTRACT_MANAGER in (member.role, role)
    return facts.member(change.actor, team_id, member.user_id, contract_manager=manager)


async def change_names_and_roles(change: Change, team_id: str, edits: Iterable[Edit]) -> None:
    """Store the new names and roles. Three statements at most, whatever the number of people.

    A person can change the names of one account, their own. A mail tells them.
    """
    all_edits = list(edits)
    names = {edit.member.user_id: edit.names for edit in all_edits if edit.names is not None}
    accepted = {edit.member.user_id for edit in all_edits if edit.member.is_accepted}
    invited_names = {user_id: one for user_id, one in names.items() if user_id not in accepted}
    await member_updates.rename_invited(change.connection, team_id, invited_names)
    account_names = {user_id: one for user_id, one in names.items() if user_id in accepted}
    await member_updates.rename_accounts(change.connection, account_names)
    for user_id in account_names:
        await tell_new_names(change, user_id)
    given = {edit.member.user_id: edit.role for edit in all_edits if edit.role is not None}
    await roles.change(change.connection, team_id, given)


def _require_rights(change: Change, team: TeamRow, input: UpdateMemberInput) -> None:
    """Refuse before a membership is read or locked: a refusal or a wait could reveal something about the person.

    Raises BadInput, Forbidden.
    """
    changes = (input.first_name, input.last_name, input.role, input.group_ids, input.external_id)
    if all(one is None for one in changes):
        raise BadInput("Give at least one of `firstName`, `lastName`, `role`, `groupIds` and `externalId`.")
    change.require([update_target(change, team.id, input.user_id)])
    if input.role is not None and input.user_id != facts.acts_for(change.actor):
        manager = input.role is Role.CONTRACT_MANAGER
        about = facts.member(change.actor, team.id, input.user_id, contract_manager=manager)
        change.context.require(Action.MEMBERS_CHANGE_ROLE, about)
    if input.group_ids is not None:
        change.context.require(Action.GROUPS_UPDATE, facts.team(change.actor, team.id))
    if input.external_id is not None and input.user_id != facts.acts_for(change.actor):
        external_ids.require_reading(change, team.id)
        change.require([target(change, team.id, Role.USER)])


def _edit(input: UpdateMemberInput, present: PresentMember) -> Edit:
    # An invalid name is an error later. Until then it is a name like any other, so that it needs the same right.
    first = present.first_name if input.first_name is None else display_name(input.first_name) or input.first_name
    last = present.last_name if input.last_name is None else last_name(input.last_name)
    last = input.last_name or "" if last is None else last
    external_id = None if input.external_id is None else input.external_id.strip()
    groups_after = present.group_ids if input.group_ids is None else list(dict.fromkeys(input.group_ids))
    return Edit(
        present,
        names=(first, last) if (first, last) != present.names else None,
        role=input.role if input.role is not present.role else None,
        joined=tuple(id_ for id_ in groups_after if id_ not in present.group_ids),
        left=tuple(id_ for id_ in present.group_ids if id_ not in groups_after),
        external_id=external_id if external_id != (present.external_id or "") else None,
    )


async def _decide(change: Change, team: TeamRow, edit: Edit, *, in_groups: bool) -> None:
    """Raises Forbidden unless the actor may change all of this. What stays as it is needs no right."""
    targets = [update_target(change, team.id, edit.member.user_id)]
    if edit.names is not None:
        action, about = names_decision(change, team.id, edit.member)
        if action is change.action:
            targets.append(about)
        else:
            change.require_also(action, about)
    if edit.external_id is not None:
        # The id is the team's, so a right to edit oneself does not include it: the target is nobody's own.
        external_ids.require_reading(change, team.id)
        targets.append(target(change, team.id, edit.member.role))
    if edit.role is not None:
        change.require_also(Action.MEMBERS_CHANGE_ROLE, role_target(change, team.id, edit.member, edit.role))
    if in_groups:
        change.require_also(Action.GROUPS_UPDATE, facts.team(change.actor, team.id))
    await change.decide(*targets)


async def _errors(change: Change, team: TeamRow, input: UpdateMemberInput, edit: Edit) -> list[UserError]:
    errors = []
    if input.first_name is not None and display_name(input.first_name) is None:
        errors.append(UserError(UserErrorCode.NAME_INVALID, NAME_RULE, ["firstName"]))
    if last_name(input.last_name) is None:
        errors.append(UserError(UserErrorCode.NAME_INVALID, NAME_RULE, ["lastName"]))
    if edit.joined and set(edit.joined) - await bulk_invitations.existing_groups(
        change.connection, team.id, edit.joined
    ):
        errors.append(UserError(UserErrorCode.GROUP_NOT_FOUND, NO_GROUP, ["groupIds"]))
    if edit.external_id:
        errors += await external_ids.errors(change, team.id, edit.external_id)
    if edit.demotes and await members.last_managers(change.connection, team.id, [edit.member.user_id]):
        errors.append(UserError(UserErrorCode.LAST_CONTRACT_MANAGER, LAST_MANAGER, ["role"]))
    return errors


async def _carry_out(change: Change, team: TeamRow, edit: Edit, mode: BulkMode) -> Outcome:
    """Make the change and record it. If the outcome has a shortage, everything is undone. Raises Forbidden."""
    outcome = Outcome()
    savepoint = await change.connection.savepoint()
    await _leave(change, team, edit, outcome)
    await change_names_and_roles(change, team.id, [edit])
    if edit.external_id is not None:
        await stored_ids.store(change.connection, team.id, {edit.member.user_id: edit.external_id})
    if edit.joined:
        await add_to_groups(change, team.id, {edit.member.user_id: edit.joined}, mode, outcome)
    if outcome.shortage:
        await savepoint.rollback()
        return outcome
    recorded = edit.recorded()
    after, people = {**recorded.after, **outcome.audit_values()}, [recorded.person] if recorded.person else []
    await change.record(team.id, recorded.target_id, recorded.before, after, people=people)
    return outcome


async def _leave(change: Change, team: TeamRow, edit: Edit, outcome: Outcome) -> None:
    """Let the member leave groups, with the seats that these give. Raises Forbidden."""
    if not edit.left:
        return
    await waits.lock_for_joining(change.connection, team.id)
    user_ids: Sequence[str] = [edit.member.user_id]
    for group_id in edit.left:
        source = group_source(group_id)
        affected = await given_products.people_with_source(change.connection, team.id, None, source)
        if edit.member.user_id in affected:
            await take(change, team.id, None, user_ids, source, outcome)
        await groups.remove_members(change.connection, team.id, group_id, user_ids)
