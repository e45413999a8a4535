"""Who is in a group, and the end of one: what it gives comes and goes with its members."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import strawberry

from db.groups import given_products, groups
from db.groups.groups import GroupRow
from db.people import members
from db.seats import waiting_list as waits
from db.seats.seats import SeatRow
from db.seats.waiting_list import WaitRow
from domain.actions import Action
from domain.bulk import BulkMode
from domain.problems import NotFound, UserError, UserErrorCode
from policies import facts
from resolvers.core.member_lists import MAX_PEOPLE, NO_MEMBER, listed, rows
from resolvers.core.mutations import Change, MutationInput, mutation
from resolvers.groups.groups import opened
from resolvers.groups.seat_giving import (
    FREED,
    PROMOTED,
    SEATS,
    WAITS,
    Outcome,
    enter,
    in_rows,
    may_give,
    may_take,
    of_group,
    take,
)

UNASKED = 0.1
"""Which share of the seats that a team has assigned may be freed by deleting a group without confirming it."""


@dataclass
class SetGroupMembersInput(MutationInput):
    """A group, and who is to be in it: whoever is not named leaves it. At most 5,000 people by user id."""

    GIVES: ClassVar[bool] = True

    group_id: strawberry.ID
    user_ids: list[strawberry.ID]
    mode: BulkMode = BulkMode.ALL_OR_NOTHING


@dataclass
class DeleteGroupInput(MutationInput):
    """Which group of a team to delete; `confirm` is the number of seats that you know it frees."""

    team_id: strawberry.ID
    group_id: strawberry.ID
    confirm: int | None = None


@dataclass
class SetGroupMembersPayload:
    """The group, and the seats that people got by joining and gave back by leaving; `errors` say who was not served."""

    group: GroupRow
    seats: list[SeatRow] = field(default_factory=list, metadata=SEATS)
    waits: list[WaitRow] = field(default_factory=list, metadata=WAITS)
    freed: list[SeatRow] = field(default_factory=list, metadata=FREED)
    promoted: list[SeatRow] = field(default_factory=list, metadata=PROMOTED)
    errors: list[UserError] = field(default_factory=list)


@dataclass
class DeleteGroupPayload:
    """The group that was deleted, and what that freed; `errors` say why it still exists."""

    deleted_group_id: strawberry.ID | None = None
    freed_seats: int = field(
        default=0, metadata={"description": "How many seats the deletion frees; pass this number as `confirm`."}
    )
    promoted: list[SeatRow] = field(default_factory=list, metadata=PROMOTED)
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.GROUPS_UPDATE)
async def set_group_members(change: Change, input: SetGroupMembersInput) -> SetGroupMembersPayload:
    """Say who is in a group, invited people too. Who joins gets a seat of each product that it gives.

    Who leaves loses the group as a reason to hold those seats; they go to who waits for one, or back to the pool, when
    it was the last. DUPLICATE, NOT_FOUND (no member of the team) and NO_SEAT_LEFT stop everything under ALL_OR_NOTHING
    and only what they are about otherwise: then who gets no seat is in the group all the same. Under WAITLIST they wait
    (WAITING, which is information). In a team with separation of duties you get no seat yourself
    (SEPARATION_OF_DUTIES, information too). Decided as `seats:assign` and `seats:unassign`, too, where seats move.
    Raises NOT_FOUND for the group, FORBIDDEN.
    """
    group = await opened(change, input.group_id)
    payload = SetGroupMembersPayload(group)
    asked = listed(input, payload.errors) if input.user_ids else {}
    present = await groups.people(change.connection, group.team_id, group.id)
    known = await members.lock(change.connection, group.team_id, sorted({*asked, *present}))
    here = set(present)
    joining = [user_id for user_id in asked if user_id in known and user_id not in here]
    leaving = [user_id for user_id in present if user_id in known and user_id not in asked]
    losing = await _losing(change, group, leaving)
    if joining and await given_products.of_groups(change.connection, group.team_id, [group.id]):
        may_give(change, group.team_id, joining)
    await change.decide(facts.team(change.actor, group.team_id))
    payload.errors += rows(asked, asked.keys() - known.keys(), UserErrorCode.NOT_FOUND, NO_MEMBER)
    # A list that is too long says nothing of who is to stay.
    stopped = payload.errors and input.mode is BulkMode.ALL_OR_NOTHING
    if stopped or len(input.user_ids) > MAX_PEOPLE or not (joining or leaving):
        return payload
    outcome = await _exchange(change, group, joining, leaving, losing, input.mode)
    payload.errors += in_rows(outcome.errors, asked)
    if not outcome.short:
        payload.seats, payload.waits = outcome.seats, outcome.waits
        payload.freed, payload.promoted = outcome.freed, outcome.promoted
    return payload


@mutation(Action.GROUPS_DELETE)
async def delete_group(change: Change, input: DeleteGroupInput) -> DeleteGroupPayload:
    """Delete a group. What it gave ends; the seats go to who waits for one, or back to their pools.

    Where that frees more than a tenth of the seats that the team has assigned, say in `confirm` how many it frees:
    without it the answer is CONFIRM_NEEDED, with the number, and nothing has changed. A number that is not right is
    refused so, too, however small. Decided as `seats:unassign`, too, where it gives seats.
    Raises NOT_FOUND for the team or the group, FORBIDDEN.
    """
    group = await _leaving(change, input)
    present = await groups.people(change.connection, group.team_id, group.id)
    given = await given_products.of_groups(change.connection, group.team_id, [group.id])
    bound = await given_products.bound(change.connection, group.team_id, None, of_group(group.id))
    await members.lock(change.connection, group.team_id, sorted({*present, *bound}))
    if given or bound:
        may_take(change, group.team_id, bound)
    await change.decide(facts.team(change.actor, group.team_id))
    assigned, outcome = await given_products.assigned(change.connection, group.team_id), Outcome()
    async with change.connection.begin_nested() as attempt:
        if bound:
            await take(change, group.team_id, None, bound, of_group(group.id), outcome)
        await given_products.drop_from_group(change.connection, group.team_id, group.id)
        await groups.remove(change.connection, group.team_id, group.id)
        freed = len(outcome.freed)
        if input.confirm != freed and (input.confirm is not None or freed > UNASKED * assigned):
            await attempt.rollback()
            message = f"This frees {freed} of {assigned} assigned seats; say so by `confirm: {freed}`."
            return DeleteGroupPayload(
                freed_seats=freed, errors=[UserError(UserErrorCode.CONFIRM_NEEDED, message, ["confirm"])]
            )
    before = {"name": group.name, "members": present, "products": given.get(group.id, [])}
    await change.record(group.team_id, group.id, before, {"deleted": True, **outcome.recorded()})
    return DeleteGroupPayload(input.group_id, freed, outcome.promoted)


async def _leaving(change: Change, input: DeleteGroupInput) -> GroupRow:
    """The group to be deleted. Raises NotFound, Forbidden."""
    team = await change.team(input.team_id)
    change.require([facts.team(change.actor, team.id)])
    await given_products.changing(change.connection, team.id)
    known = await groups.by_ids(change.connection, change.reach(Action.GROUPS_READ), [input.group_id])
    group = known.get(input.group_id)
    if group is None or group.team_id != team.id:
        # A repeat does not find it any more either; it gets its first answer here.
        await change.decide(facts.team(change.actor, team.id))
        raise NotFound("group")
    return group


async def _losing(change: Change, group: GroupRow, leaving: Collection[str]) -> list[str]:
    """Who of those who leave a group holds a seat, or waits for one, because of it. Raises Forbidden."""
    bound = await given_products.bound(change.connection, group.team_id, None, of_group(group.id)) if leaving else []
    losing = sorted(set(leaving).intersection(bound))
    if losing:
        may_take(change, group.team_id, losing)
    return losing


async def _exchange(
    change: Change,
    group: GroupRow,
    joining: Sequence[str],
    leaving: Sequence[str],
    losing: Sequence[str],
    mode: BulkMode,
) -> Outcome:
    """Let people leave a group, of whom some lose by it, and others join; nothing has changed when it is short."""
    outcome = Outcome()
    async with change.connection.begin_nested() as attempt:
        await waits.queueing(change.connection, group.team_id)
        if losing:
            await take(change, group.team_id, None, losing, of_group(group.id), outcome)
        await groups.leave(change.connection, group.team_id, group.id, leaving)
        await enter(change, group.team_id, {user_id: [group.id] for user_id in joining}, mode, outcome)
        if outcome.short:
            await attempt.rollback()
            return outcome
    moved = {"joined": joining, "left": leaving}
    after = {**{what: those for what, those in moved.items() if those}, **outcome.recorded()}
    await change.record(group.team_id, group.id, {}, after)
    return outcome
