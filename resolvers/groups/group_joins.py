"""The mutations that add people to a group and remove people from it, without a list of the others."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import strawberry

from db.groups import groups
from db.groups.groups import GroupRow
from db.people import members
from db.seats.seats import SeatRow
from db.seats.waits import WaitRow
from domain.actions import Action
from domain.bulk import BulkMode
from domain.problems import UserError, UserErrorCode
from policies import facts
from resolvers.core.changed_lists import GroupMemberLists, SeatLists
from resolvers.core.member_lists import (
    NO_MEMBER,
    PeopleLists,
    Place,
    errors_in_rows,
    listed_people,
    require_same_people,
)
from resolvers.core.mutations import Change, mutation
from resolvers.core.prior_states import told_in_rows
from resolvers.groups.group_members import losing_seats, replace_members
from resolvers.groups.groups import locked_group
from resolvers.groups.seat_giving import (
    FREED,
    PROMOTED,
    SEATS,
    WAITS,
    may_give,
    require_giving,
    require_taking,
    with_rows,
)

IN_GROUP = "This person is already in the group."
OUT_OF_GROUP = "This person is not in the group, so they need not leave it."


@dataclass(kw_only=True)
class AddGroupMembersInput(PeopleLists):
    """A group, and 1 to 5,000 members of its team who are to join it. Nobody leaves it.

    Name each person by user id, by e-mail address or by external id, or find them by a filter.
    """

    GIVES: ClassVar[bool] = True

    group_id: strawberry.ID


@dataclass(kw_only=True)
class RemoveGroupMembersInput(PeopleLists):
    """A group, and 1 to 5,000 of its members who are to leave it. Nobody joins it, and everybody stays in the team.

    Name each person by user id, by e-mail address or by external id, or find them by a filter.
    """

    group_id: strawberry.ID


@dataclass
class AddGroupMembersPayload(SeatLists, GroupMemberLists):
    """The group, and the seats that people got by joining it. `errors` say who did not join or got none, and why."""

    group: GroupRow = field(metadata={"description": "The group, with its members now."})
    seats: list[SeatRow] = field(default_factory=list, metadata=SEATS)
    waits: list[WaitRow] = field(default_factory=list, metadata=WAITS)
    errors: list[UserError] = field(default_factory=list)


@dataclass
class RemoveGroupMembersPayload(SeatLists, GroupMemberLists):
    """The group, and the seats that people lost by leaving it. `errors` say who did not leave, and why."""

    group: GroupRow = field(metadata={"description": "The group, with its members now."})
    freed: list[SeatRow] = field(default_factory=list, metadata=FREED)
    promoted: list[SeatRow] = field(default_factory=list, metadata=PROMOTED)
    errors: list[UserError] = field(default_factory=list)


@dataclass(frozen=True)
class Named:
    """The people that an input names: where, and which of them are in the team, and which are in the group."""

    places: dict[str, Place]
    known: set[str]
    present: set[str]

    @property
    def inside(self) -> list[str]:
        """Those who are in the group, in the order of the input."""
        return [user_id for user_id in self.places if user_id in self.present]

    @property
    def outside(self) -> list[str]:
        """Those who are in the team and not in the group, in the order of the input."""
        return [user_id for user_id in self.places if user_id in self.known - self.present]


@mutation(Action.GROUPS_UPDATE)
async def add_group_members(change: Change, input: AddGroupMembersInput) -> AddGroupMembersPayload:
    """Add people to a group, and change nothing for its other members. Invited people can join too.

    A person who joins gets a seat of each product that the group gives. DUPLICATE, NOT_FOUND (no member of the team)
    and NO_SEAT_LEFT stop everything under ALL_OR_NOTHING. Otherwise they stop only their own row or seat: a person who
    gets no seat still joins the group, and under WAITLIST also joins the waiting list (WAITING, which is information).
    You can repeat it: a person who is in the group already is reported (ALREADY_IN_GROUP, which is information), and
    keeps what they have. In a team with separation of duties you get no seat yourself (SEPARATION_OF_DUTIES, which is
    information). You also need `seats:assign` if the group gives products, also if nobody joins it.
    Raises NOT_FOUND for the group, FORBIDDEN.
    """
    group = await locked_group(change, input.group_id)
    payload = AddGroupMembersPayload(group)
    given = await require_giving(change, group.team_id, group.id)
    named = await _named(change, group, input, payload.errors)
    joining = named.outside
    if joining and given:
        may_give(change, group.team_id, joining)
    about = (change, group.team_id, named.places, named.inside)
    information = told_in_rows(*about, UserErrorCode.ALREADY_IN_GROUP, IN_GROUP)
    if await _is_stopped(change, group, input, named, payload.errors, information) or not joining:
        return payload
    outcome = await replace_members(change, group, joining, [], [], input.mode)
    payload.errors += with_rows(outcome.errors, named.places)
    if not outcome.shortage:
        payload.seats, payload.waits = outcome.seats, outcome.waits
        outcome.note_in(payload, group.team_id)
        payload.note_members(group.team_id, group.id, joining, [])
    return payload


@mutation(Action.GROUPS_UPDATE)
async def remove_group_members(change: Change, input: RemoveGroupMembersInput) -> RemoveGroupMembersPayload:
    """Remove people from a group, and change nothing for its other members. They stay in the team.

    A person who leaves loses the seats that the group gives, and their places on its waiting lists, except those that
    have another source. Freed seats go to the waiting list, or back to the pool. DUPLICATE and NOT_FOUND (no member of
    the team) stop everything under ALL_OR_NOTHING, and only their own row under BEST_EFFORT. You can repeat it: a
    person of the team who is not in the group is reported (ALREADY_OUT_OF_GROUP, which is information). You also need
    `seats:unassign` if the group gives products, also if nobody leaves it.
    Raises NOT_FOUND for the group, FORBIDDEN.
    """
    group = await locked_group(change, input.group_id)
    payload = RemoveGroupMembersPayload(group)
    await require_taking(change, group.team_id, group.id)
    named = await _named(change, group, input, payload.errors)
    leaving = named.inside
    losing = await losing_seats(change, group, leaving)
    about = (change, group.team_id, named.places, named.outside)
    information = told_in_rows(*about, UserErrorCode.ALREADY_OUT_OF_GROUP, OUT_OF_GROUP)
    if await _is_stopped(change, group, input, named, payload.errors, information) or not leaving:
        return payload
    outcome = await replace_members(change, group, [], leaving, losing, input.mode)
    payload.freed, payload.promoted = outcome.freed, outcome.promoted
    outcome.note_in(payload, group.team_id)
    payload.note_members(group.team_id, group.id, [], leaving)
    return payload


async def _named(change: Change, group: GroupRow, input: PeopleLists, errors: list[UserError]) -> Named:
    """The people that the input names, with their memberships locked; add to `errors` what is wrong in the lists."""
    places = await listed_people(change, input, group.team_id, facts.team(change.actor, group.team_id), errors)
    present = await groups.member_ids(change.connection, group.team_id, group.id)
    known = await members.lock(change.connection, group.team_id, sorted(places))
    return Named(places, set(known), known.keys() & present)


async def _is_stopped(
    change: Change,
    group: GroupRow,
    input: PeopleLists,
    named: Named,
    errors: list[UserError],
    information: Sequence[UserError],
) -> bool:
    """Decide, and say whether an error stops everything; add to `errors` the unknown people and the information."""
    await change.decide(facts.team(change.actor, group.team_id))
    await require_same_people(change, input, group.team_id, named.places)
    errors += errors_in_rows(named.places, named.places.keys() - named.known, UserErrorCode.NOT_FOUND, NO_MEMBER)
    stopped = bool(errors) and input.mode is BulkMode.ALL_OR_NOTHING
    errors += information
    return stopped
