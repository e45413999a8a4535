"""The ids that a customer's own directory has for people, as lists of people to invite and files give them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from db.audit.audit_log import PersonalValues
from db.invitations import external_ids
from db.invitations.external_ids import Described, FoundId
from db.people import members
from domain.actions import Action
from domain.problems import UserError, UserErrorCode
from domain.roles import Role
from domain.text import EXTERNAL_ID_RULE, external_id
from policies import facts
from resolvers.core.mutations import Change
from resolvers.invitations.bulk_invitations import Invitee, InviteResult, target

TAKEN = "Another member of the team has this external id."
KEPT = "This person has another external id in the team, and keeps it."
REFUSED = "You may not edit this person, who is in the team already and has no external id."


@dataclass
class Admitted:
    """The people of a list who may be invited with their external ids, and the errors of the others.

    `members` are people who are in the team, may get an id and have none, with their user ids, and `kept` is the
    information about those whose id stays as it is; both are by position.
    """

    invitees: list[Invitee]
    errors: list[UserError] = field(default_factory=list)
    members: dict[int, str] = field(default_factory=dict)
    kept: dict[int, UserError] = field(default_factory=dict)


async def admit(change: Change, team_id: str, invitees: Sequence[Invitee]) -> Admitted:
    """Find out which people may have their external ids. `give` gives them these ids later.

    The errors are EXTERNAL_ID_INVALID, and EXTERNAL_ID_TAKEN if another member or another person of the list has the
    id. Locks the members who are to get one. Raises Forbidden: the errors show which ids there are.
    """
    people, errors = list[Invitee](), dict[int, UserError]()
    for one in invitees:
        written = (one.external_id or "").strip()
        stored = external_id(written)
        people.append(replace(one, external_id=stored))
        if written and stored is None:
            errors[one.position] = _error(one, UserErrorCode.EXTERNAL_ID_INVALID, EXTERNAL_ID_RULE)
    with_ids = [one for one in people if one.external_id is not None]
    if with_ids or errors:
        require_reading(change, team_id)
    described = [Described(one.email, one.external_id or "") for one in with_ids]
    found = await external_ids.find(change.connection, team_id, described) if described else []
    for one, known in zip(with_ids, found, strict=True):
        if known.first is not None or known.is_taken:
            message = (
                TAKEN if known.first is None else f"This is also the external id of {described[known.first - 1].email}."
            )
            errors[one.position] = _error(one, UserErrorCode.EXTERNAL_ID_TAKEN, message)
    admitted = Admitted([one for one in people if one.position not in errors], [errors[one] for one in sorted(errors)])
    in_team = [pair for pair in zip(with_ids, found, strict=True) if pair[0].position not in errors]
    await _admit_members(change, team_id, in_team, admitted)
    return admitted


async def give(change: Change, team_id: str, admitted: Admitted, result: InviteResult) -> list[UserError]:
    """Give their external ids to the people who are invited now, and to members who may get one; write the audit row.

    Returns the information EXTERNAL_ID_KEPT for each other member.
    """
    if result.stopped:
        return []
    ids = {one.position: one.external_id for one in admitted.invitees if one.position not in result.repeated}
    addresses = {one.email: one.position for one in admitted.invitees if one.position in ids}
    user_ids = {addresses[one.email]: one.user_id for one in result.invitations}
    user_ids |= {
        position: admitted.members[position] for position in result.already_members if position in admitted.members
    }
    new = {user_id: wanted for position, user_id in user_ids.items() if (wanted := ids[position])}
    stored = await external_ids.store(change.connection, team_id, new) if new else []
    if stored:
        people = [PersonalValues(user_id, {}, {"externalId": stored_id}) for user_id, stored_id in stored]
        await change.record(team_id, team_id, {}, {"users": sorted(user_id for user_id, _ in stored)}, people=people)
    return [admitted.kept[position] for position in result.already_members if position in admitted.kept]


def require_reading(change: Change, team_id: str) -> None:
    """Raise Forbidden unless the actor may read members: what becomes of an external id shows whether it exists."""
    change.require_also(Action.MEMBERS_READ, target(change, team_id, Role.USER))


async def errors(change: Change, team_id: str, wanted: str) -> list[UserError]:
    """Why a member who does not have this external id, which is not empty, cannot get it."""
    if external_id(wanted) is None:
        return [UserError(UserErrorCode.EXTERNAL_ID_INVALID, EXTERNAL_ID_RULE, ["externalId"])]
    if await external_ids.holder(change.connection, team_id, wanted) is not None:
        return [UserError(UserErrorCode.EXTERNAL_ID_TAKEN, TAKEN, ["externalId"])]
    return []


async def _admit_members(
    change: Change, team_id: str, people: Sequence[tuple[Invitee, FoundId]], admitted: Admitted
) -> None:
    """Decide about the people who are in the team. Each who may be edited and has no id is locked, and may get one."""
    without = {known.user_id for _, known in people if known.user_id is not None and known.external_id is None}
    roles = await _lock(change, team_id, without) if without else {}
    for one, known in people:
        if known.external_id == one.external_id or known.user_id is None:
            continue
        if known.external_id is not None:
            admitted.kept[one.position] = _error(one, UserErrorCode.EXTERNAL_ID_KEPT, KEPT)
        # The id is the team's, so a right to edit oneself does not include it: the target is nobody's own.
        elif known.user_id in roles and change.allows(
            Action.MEMBERS_UPDATE, about := target(change, team_id, roles[known.user_id])
        ):
            change.require_also(Action.MEMBERS_UPDATE, about)
            admitted.members[one.position] = known.user_id
        else:
            admitted.kept[one.position] = _error(one, UserErrorCode.EXTERNAL_ID_KEPT, REFUSED)


async def _lock(change: Change, team_id: str, user_ids: set[str]) -> dict[str, Role]:
    """Lock these members and the actor's membership, and load the actor again. Returns the roles by user id."""
    own_id = facts.acts_for(change.actor)
    roles = await members.lock(change.connection, team_id, [*user_ids, *([own_id] if own_id else [])])
    await change.reload_actor()
    return roles


def _error(invitee: Invitee, code: UserErrorCode, message: str) -> UserError:
    return UserError(code, message, ["people", "externalId"], invitee.position)
