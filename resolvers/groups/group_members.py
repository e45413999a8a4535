"""The mutations that set the members of a group and delete a group, with the seats that this gives and takes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import strawberry

from db.groups import given_products, groups
from db.groups.groups import GroupRow
from db.people import members
from db.seats import seats
from db.seats import waiting_list as waits
from db.seats.seats import SeatRow
from db.seats.waits import WaitRow
from domain.actions import Action
from domain.bulk import BulkMode
from domain.problems import BadInput, NotFound, UserError, UserErrorCode
from policies import facts
from resolvers.core.changed_lists import GroupMemberLists, SeatLists, told
from resolvers.core.context import Info
from resolvers.core.member_lists import (
    NO_MEMBER,
    PeopleLists,
    Place,
    errors_in_rows,
    is_unread,
    listed_people,
    require_same_people,
)
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, mutation
from resolvers.groups.groups import locked_group
from resolvers.groups.seat_giving import (
    FREED,
    PROMOTED,
    SEATS,
    WAITS,
    Outcome,
    add_to_groups,
    group_source,
    may_give,
    may_take,
    require_giving,
    require_taking,
    take,
    with_rows,
)

MAX_UNCONFIRMED_SHARE = 0.1
"""The deletion of a group must be confirmed if it frees more than this share of the team's assigned seats."""


@dataclass(kw_only=True)
class SetGroupMembersInput(PeopleLists):
    """A group, and the people who are to be in it, at most 5,000. All other members leave the group.

    Name the people by user id, e-mail address or external id, or find them by a filter. To remove everybody from the
    group, send empty `userIds`.
    """

    GIVES: ClassVar[bool] = True

    group_id: strawberry.ID


@dataclass
class DeleteGroupInput(MutationInput):
    """The group of a team to delete. `confirm` is the number of seats that you expect it to free."""

    team_id: strawberry.ID
    group_id: strawberry.ID
    confirm: int | None = None


@dataclass
class SetGroupMembersPayload(SeatLists, GroupMemberLists):
    """The group, and the seats that people got by joining or lost by leaving. `errors` say who got none, and why."""

    group: GroupRow = field(metadata={"description": "The group, with its members now."})
    seats: list[SeatRow] = field(default_factory=list, metadata=SEATS)
    waits: list[WaitRow] = field(default_factory=list, metadata=WAITS)
    freed: list[SeatRow] = field(default_factory=list, metadata=FREED)
    promoted: list[SeatRow] = field(default_factory=list, metadata=PROMOTED)
    errors: list[UserError] = field(default_factory=list)


@dataclass
class DeleteGroupPayload(SeatLists):
    """The id of the deleted group, and the seats that this freed. `errors` say why the group was not deleted."""

    deleted_group_id: strawberry.ID | None = field(
        default=None,
        metadata={
            "description": "The id of the group; null if it was not deleted.",
            "deprecated": "Use `deletedGroupIds`.",
        },
    )
    freed_seats: int = field(
        default=0, metadata={"description": "The number of seats that the deletion frees; pass it as `confirm`."}
    )
    promoted: list[SeatRow] = field(default_factory=list, metadata=PROMOTED)
    team_id: strawberry.Private[str | None] = None
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.GROUPS_UPDATE)
async def set_group_members(change: Change, input: SetGroupMembersInput) -> SetGroupMembersPayload:
    """Set the members of a group. Invited people can be members too.

    To add or to remove some people, use `addGroupMembers` and `removeGroupMembers`: a list of all members would let a
    person leave who has joined meanwhile.
    A person who joins gets a seat of each product that the group gives. A person who leaves loses these seats, except
    those that have another source. Freed seats go to the waiting list, or back to the pool. DUPLICATE, NOT_FOUND (no
    member of the team) and NO_SEAT_LEFT stop everything under ALL_OR_NOTHING. Otherwise they stop only their own row or
    seat: a person who gets no seat still joins the group, and under WAITLIST also joins the waiting list (WAITING,
    which is information). In a team with separation of duties you get no seat yourself (SEPARATION_OF_DUTIES, which is
    information). If the group gives products, you also need `seats:unassign`, and `seats:assign` unless the list is
    empty, also if nobody joins or leaves. Raises NOT_FOUND for the group, FORBIDDEN.
    """
    group = await locked_group(change, input.group_id)
    payload = SetGroupMembersPayload(group)
    asked = await _asked_people(change, group, input, payload.errors)
    await require_taking(change, group.team_id, group.id)
    given = await require_giving(change, group.team_id, group.id) if asked else []
    present = await groups.member_ids(change.connection, group.team_id, group.id)
    known, here = await members.lock(change.connection, group.team_id, sorted({*asked, *present})), set(present)
    joining = [user_id for user_id in asked if user_id in known and user_id not in here]
    leaving = [user_id for user_id in present if user_id in known and user_id not in asked]
    losing = await losing_seats(change, group, leaving)
    if joining and given:
        may_give(change, group.team_id, joining)
    await change.decide(facts.team(change.actor, group.team_id))
    await require_same_people(change, input, group.team_id, asked)
    payload.errors += errors_in_rows(asked, asked.keys() - known.keys(), UserErrorCode.NOT_FOUND, NO_MEMBER)
    # A list that was not read does not say who is to stay.
    stopped = payload.errors and input.mode is BulkMode.ALL_OR_NOTHING
    if stopped or is_unread(payload.errors) or not (joining or leaving):
        return payload
    outcome = await replace_members(change, group, joining, leaving, losing, input.mode)
    payload.errors += with_rows(outcome.errors, asked)
    if not outcome.shortage:
        payload.seats, payload.waits = outcome.seats, outcome.waits
        payload.freed, payload.promoted = outcome.freed, outcome.promoted
        outcome.note_in(payload, group.team_id)
        payload.note_members(group.team_id, group.id, joining, leaving)
    return payload


@mutation(Action.GROUPS_DELETE)
async def delete_group(change: Change, input: DeleteGroupInput) -> DeleteGroupPayload:
    """Delete a group. Its members lose the seats that only this group gives.

    These seats go to the waiting list, or back to their pools. If the deletion frees more than a tenth of the team's
    assigned seats, `confirm` must be the number of freed seats. Without it, the error is CONFIRM_NEEDED with the
    number, and nothing has changed. A wrong number is always refused in this way. If the group gives products, you
    also need `seats:unassign`, and `seats:read` because of the number. Raises NOT_FOUND for the team or the group,
    FORBIDDEN.
    """
    group = await _group_to_delete(change, input)
    present = await groups.member_ids(change.connection, group.team_id, group.id)
    given = await given_products.ids_of_groups(change.connection, group.team_id, [group.id])
    affected = await given_products.people_with_source(change.connection, group.team_id, None, group_source(group.id))
    await members.lock(change.connection, group.team_id, sorted({*present, *affected}))
    if given or affected:
        may_take(change, group.team_id, affected)
        # The number of freed seats says how many people hold one by the group.
        change.require_also(Action.SEATS_READ, facts.seat(change.actor, group.team_id, None))
    await change.decide(facts.team(change.actor, group.team_id))
    assigned, outcome = await seats.count_assigned(change.connection, group.team_id), Outcome()
    savepoint = await change.connection.savepoint()
    if affected:
        await take(change, group.team_id, None, affected, group_source(group.id), outcome)
    await given_products.remove_from_group(change.connection, group.team_id, group.id)
    await groups.remove(change.connection, group.team_id, group.id)
    freed = len(outcome.freed)
    if input.confirm != freed and (input.confirm is not None or freed > MAX_UNCONFIRMED_SHARE * assigned):
        await savepoint.rollback()
        message = f"This frees {freed} of {assigned} assigned seats; to go on, send `confirm: {freed}`."
        return DeleteGroupPayload(
            freed_seats=freed, errors=[UserError(UserErrorCode.CONFIRM_NEEDED, message, ["confirm"], count=freed)]
        )
    before = {"name": group.name, "members": present, "products": given.get(group.id, [])}
    await change.record(group.team_id, group.id, before, {"deleted": True, **outcome.audit_values()})
    payload = DeleteGroupPayload(input.group_id, freed, outcome.promoted)
    payload.team_id = group.team_id
    outcome.note_in(payload, group.team_id)
    return payload


@told
async def deleted_group_ids(root: DeleteGroupPayload, _info: Info) -> list[strawberry.ID]:
    """The id of the group; empty if it was not deleted."""
    return [] if root.deleted_group_id is None else [root.deleted_group_id]


async def losing_seats(change: Change, group: GroupRow, leaving: Collection[str]) -> list[str]:
    """Those of the leaving people who hold, or wait for, a seat because of the group, by user id.

    Raises Forbidden if the actor may not take these seats.
    """
    affected = (
        await given_products.people_with_source(change.connection, group.team_id, None, group_source(group.id))
        if leaving
        else []
    )
    losing = sorted(set(leaving).intersection(affected))
    if losing:
        may_take(change, group.team_id, losing)
    return losing


async def replace_members(
    change: Change,
    group: GroupRow,
    joining: Sequence[str],
    leaving: Sequence[str],
    losing: Sequence[str],
    mode: BulkMode,
) -> Outcome:
    """Let people leave and join a group. `losing` are those who lose seats or waits by leaving.

    If the outcome has a shortage, everything is undone.
    """
    outcome = Outcome()
    savepoint = await change.connection.savepoint()
    await waits.lock_for_joining(change.connection, group.team_id)
    if losing:
        await take(change, group.team_id, None, losing, group_source(group.id), outcome)
    await groups.remove_members(change.connection, group.team_id, group.id, leaving)
    await add_to_groups(change, group.team_id, {user_id: [group.id] for user_id in joining}, mode, outcome)
    if outcome.shortage:
        await savepoint.rollback()
        return outcome
    moved = {"joined": joining, "left": leaving}
    after = {**{what: those for what, those in moved.items() if those}, **outcome.audit_values()}
    await change.record(group.team_id, group.id, {}, after)
    return outcome


async def _asked_people(
    change: Change, group: GroupRow, input: SetGroupMembersInput, errors: list[UserError]
) -> dict[str, Place]:
    """The people who are to be in the group. Raises BadInput if there is no list: nobody empties a group by mistake."""
    lists = (input.user_ids, input.emails, input.external_ids)
    if input.filter is None:
        if all(one is None for one in lists):
            raise BadInput(
                "Give `userIds`, `emails`, `externalIds` or `filter`. To remove everybody, give an empty list."
            )
        if not any(lists):
            return {}
    return await listed_people(change, input, group.team_id, facts.team(change.actor, group.team_id), errors)


async def _group_to_delete(change: Change, input: DeleteGroupInput) -> GroupRow:
    """The group to be deleted. Raises NotFound, Forbidden."""
    team = await change.team(input.team_id)
    change.require([facts.team(change.actor, team.id)])
    await given_products.lock_changes(change.connection, team.id)
    known = await groups.by_ids(change.connection, change.reach(Action.GROUPS_READ), [input.group_id])
    group = known.get(input.group_id)
    if group is None or group.team_id != team.id:
        # A repeat with an idempotency key does not find the group either: after `decide`, it gets the stored answer.
        await change.decide(facts.team(change.actor, team.id))
        raise NotFound("group")
    return group
