"""What an import changes in people who are in the team already: their names, roles and groups."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from db.audit import audit_log
from db.invitations import bulk_invitations, member_updates
from db.invitations.member_updates import OtherMember, PresentMember
from db.people import members
from domain.actions import Action
from domain.import_columns import Column
from domain.imports import Flaw, Reason, Row
from domain.roles import Role
from domain.text import full_name
from policies import facts
from resolvers.core.member_lists import MAX_PEOPLE
from resolvers.core.mutations import Change
from resolvers.invitations.bulk_invitations import Invitee, JoiningMember, target
from resolvers.invitations.member_updates import Edit, change_names_and_roles, names_decision, role_target
from resolvers.people.members import LAST_MANAGER

CHANGE_ROLE = Action.MEMBERS_CHANGE_ROLE
ROLE_REFUSED = "You may not give this person this role, or take their role away."
NAME_OF_ACCOUNT = "These names belong to the person's account, so only the person can change them."
NAME_KEPT = "You may not change the names of this person."


class MemberChange(NamedTuple):
    """What an import changes in one person, with the line of the row. None means that something stays as it is."""

    line: int
    user_id: str
    name_before: str | None
    name_after: str | None
    role_before: Role | None
    role_after: Role | None
    joined_group_ids: list[str]


@dataclass(frozen=True, slots=True)
class People:
    """The people of a file who are in the team, and the people in the team who are not in the file.

    `members`, by the first line that names them, are locked. `others` are locked only on request, and have one person
    too many if there are more than MAX_PEOPLE.
    """

    members: Mapping[int, PresentMember] = field(default_factory=dict)
    others: Sequence[OtherMember] = ()


@dataclass
class Updates:
    """The edits by line, without empty ones, and the flaws of the rows. A row whose flaw is an error has no edit."""

    edits: dict[int, Edit] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)

    @property
    def refused(self) -> set[int | None]:
        """The lines of the rows that are rejected."""
        return {flaw.line for flaw in self.flaws if not flaw.reason.is_information}

    @property
    def joining(self) -> dict[str, JoiningMember]:
        """The people who join groups, by user id."""
        joined = ((line, edit) for line, edit in self.edits.items() if edit.joined)
        return {edit.member.user_id: JoiningMember(line, edit.joined) for line, edit in joined}

    @property
    def changes(self) -> list[MemberChange]:
        """What changes in each person, in the order of the lines."""
        return [_shown(line, edit) for line, edit in sorted(self.edits.items())]


async def member_lines(change: Change, team_id: str, rows: Sequence[Row]) -> dict[str, int]:
    """The first line of each person of a file who is in the team or invited to it, by user id."""
    if not rows:
        return {}
    known = await bulk_invitations.known_addresses(change.connection, team_id, [row.email for row in rows])
    lines: dict[str, int] = {}
    for row, address in zip(rows, known, strict=True):
        if address.is_member and address.user_id is not None:
            lines.setdefault(address.user_id, row.line)
    return lines


async def lock_people(change: Change, team_id: str, lines: Mapping[str, int], *, lock_others: bool) -> People:
    """Lock the members with these user ids and lines, and load the actor again, whose role may have changed.

    `lock_others` also locks the people who are not in the file. Call `given_products.lock_changes` first, so that
    nobody joins meanwhile. Raises Unauthenticated.
    """
    connection = change.connection
    others = await member_updates.others(connection, team_id, list(lines), MAX_PEOPLE + 1)
    own_id = facts.acts_for(change.actor)
    also = [one.user_id for one in others] if lock_others else []
    known = await members.lock(connection, team_id, [*lines, *also, *([own_id] if own_id else [])])
    await change.reload_actor()
    if lock_others:
        others = [one._replace(role=known[one.user_id]) for one in others if one.user_id in known]
    present = await member_updates.present(connection, team_id, list(lines))
    return People({line: present[user_id] for user_id, line in lines.items() if user_id in present}, others)


def allowed_roles(change: Change, team_id: str, roles: Iterable[Role]) -> list[Role]:
    """Those of these roles in which the actor may import people, with the role of a user first.

    Raises Forbidden if there are other roles, and the actor may change nobody's role.
    """
    others = sorted({role for role in roles if role is not Role.USER})
    if others:
        _require_role_changes(change, team_id)
    allowed = [role for role in others if change.allows(Action.MEMBERS_IMPORT, target(change, team_id, role))]
    return [Role.USER, *(role for role in allowed if _is_permitted(change, CHANGE_ROLE, target(change, team_id, role)))]


async def plan(
    change: Change, team_id: str, people: People, rows: Mapping[int, Row], invitees: Iterable[Invitee]
) -> Updates:
    """The changes that these rows ask for in members of the team, and why some of them are not made.

    Raises Forbidden if the actor lacks a right for everybody, such as a token without its scope.
    """
    updates = Updates()
    found = {one.position: one for one in invitees if one.position in people.members}
    if any(rows[line].role not in (None, people.members[line].role) for line in found):
        _require_role_changes(change, team_id)
    edits = {
        line: _edit(change, team_id, rows[line], one, people.members[line], updates.flaws)
        for line, one in found.items()
    }
    demoted = {edit.member.user_id: line for line, edit in edits.items() if edit.demotes}
    for user_id in await members.last_managers(change.connection, team_id, list(demoted)) if demoted else []:
        line = demoted[user_id]
        del edits[line]
        updates.flaws.append(Flaw(line, Column.ROLE.value, Reason.LAST_CONTRACT_MANAGER, LAST_MANAGER))
    refused = updates.refused
    updates.edits = {line: edit for line, edit in edits.items() if line not in refused and not edit.is_empty}
    return updates


async def record(change: Change, team_id: str, updates: Updates) -> None:
    """Write an audit row and an event for each person who changed, in one statement."""
    if updates.edits:
        row = await change.audit_row(team_id, None, {}, {})
        changes = [edit.recorded() for edit in updates.edits.values()]
        await audit_log.record_each(change.connection, row, changes)


async def carry_out(change: Change, team_id: str, updates: Updates) -> None:
    """Store the new names and roles. People join groups with `invite`, which also gives seats."""
    await change_names_and_roles(change, team_id, updates.edits.values())


def _edit(change: Change, team_id: str, row: Row, invitee: Invitee, member: PresentMember, flaws: list[Flaw]) -> Edit:
    """What changes in one member; adds to `flaws` what may not change."""
    names = (row.first_name, row.last_name) if _has_other_names(row, member) else None
    if names and not _is_permitted(change, *names_decision(change, team_id, member)):
        message = f"{NAME_OF_ACCOUNT if member.is_accepted else NAME_KEPT} They stay as they are."
        flaws.append(Flaw(row.line, None, Reason.NAME_KEPT, message))
        names = None
    role = row.role if row.role is not member.role else None
    if role and not _is_permitted(change, CHANGE_ROLE, role_target(change, team_id, member, role)):
        flaws.append(Flaw(row.line, Column.ROLE.value, Reason.ROLE_REFUSED, ROLE_REFUSED))
        role = None
    # The file names one group for each person, so the person stays in all others.
    joined = tuple(id_ for id_ in invitee.group_ids if id_ not in member.group_ids)
    return Edit(member, names, role, joined)


def _has_other_names(row: Row, member: PresentMember) -> bool:
    """Whether the names differ. A file may have a full name only: it is the name that the member has in two parts."""
    if not row.last_name:
        return row.first_name != full_name(*member.names)
    return (row.first_name, row.last_name) != member.names


def _is_permitted(change: Change, action: Action, about: facts.Member) -> bool:
    """Whether the actor may do this. If so, the audit log shows the decision."""
    if not change.allows(action, about):
        return False
    change.require_also(action, about)
    return True


def _require_role_changes(change: Change, team_id: str) -> None:
    """Raises Forbidden if the actor may change nobody's role."""
    change.require_also(CHANGE_ROLE, target(change, team_id, Role.USER))


def _shown(line: int, edit: Edit) -> MemberChange:
    member, new_role = edit.member, edit.role
    before, after = (full_name(*member.names), full_name(*edit.names)) if edit.names else (None, None)
    old_role = member.role if new_role else None
    return MemberChange(line, member.user_id, before, after, old_role, new_role, list(edit.joined))
