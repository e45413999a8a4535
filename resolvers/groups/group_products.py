"""What a group gives: its members hold a seat of the product, as far as there are any."""

from dataclasses import dataclass, field

import strawberry

from db.groups import given_products, groups
from db.groups.groups import GroupRow
from db.people import members
from db.seats.seats import SeatRow
from db.seats.waiting_list import WaitRow
from domain.actions import Action
from domain.bulk import BulkMode
from domain.problems import UserError, UserErrorCode
from policies import facts
from resolvers.core.mutations import Change, MutationInput, mutation
from resolvers.groups.groups import opened
from resolvers.groups.seat_giving import (
    FREED,
    PROMOTED,
    SEATS,
    WAITS,
    Gift,
    Outcome,
    give,
    may_give,
    may_take,
    of_group,
    take,
)


@dataclass
class AssignGroupProductInput(MutationInput):
    """A product that a group is to give to its members."""

    group_id: strawberry.ID
    product_id: strawberry.ID
    mode: BulkMode = BulkMode.ALL_OR_NOTHING


@dataclass
class UnassignGroupProductInput(MutationInput):
    """A product that a group is to give no more."""

    group_id: strawberry.ID
    product_id: strawberry.ID


@dataclass
class AssignGroupProductPayload:
    """The group, and the seats that its members got; `errors` say who got none, and why."""

    group: GroupRow
    seats: list[SeatRow] = field(default_factory=list, metadata=SEATS)
    waits: list[WaitRow] = field(default_factory=list, metadata=WAITS)
    errors: list[UserError] = field(default_factory=list)


@dataclass
class UnassignGroupProductPayload:
    """The group, and the seats that its members no longer hold."""

    group: GroupRow
    freed: list[SeatRow] = field(default_factory=list, metadata=FREED)
    promoted: list[SeatRow] = field(default_factory=list, metadata=PROMOTED)
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.GROUPS_ASSIGN)
async def assign_group_product(change: Change, input: AssignGroupProductInput) -> AssignGroupProductPayload:
    """Let a group give a product: each of its members gets a seat, invited people too, and so does who joins later.

    NO_SEAT_LEFT names each member for whom there is none: nothing is done under ALL_OR_NOTHING, the group gives the
    product all the same under BEST_EFFORT, and under WAITLIST they wait (WAITING, which is information). It converges:
    where the group gives the product already, who has got none so far gets one now. In a team with separation of duties
    you get none yourself (SEPARATION_OF_DUTIES, information too). Decided as `seats:assign`, too.
    Raises NOT_FOUND for the group or the product, FORBIDDEN.
    """
    group = await opened(change, input.group_id)
    product = await change.product(input.product_id)
    present = await groups.people(change.connection, group.team_id, group.id)
    known = await members.lock(change.connection, group.team_id, present)
    may_give(change, group.team_id, known)
    await change.decide(facts.team(change.actor, group.team_id))
    payload, outcome, source = AssignGroupProductPayload(group), Outcome(), of_group(group.id)
    pool = (group.team_id, product.id)
    lacking = await given_products.lacking(change.connection, *pool, source, list(known))
    async with change.connection.begin_nested() as attempt:
        added = await given_products.add_to_group(change.connection, group.team_id, group.id, product.id, change.by)
        await give(change, group.team_id, [Gift(product.id, source, lacking)], input.mode, outcome)
        payload.errors += outcome.errors
        if outcome.short:
            await attempt.rollback()
            return payload
    after = {**({"given": True} if added else {}), **outcome.recorded()}
    if after:
        await change.record(group.team_id, group.id, {}, {"product": product.id, **after})
    payload.seats, payload.waits = outcome.seats, outcome.waits
    return payload


@mutation(Action.GROUPS_ASSIGN)
async def unassign_group_product(change: Change, input: UnassignGroupProductInput) -> UnassignGroupProductPayload:
    """Let a group give a product no more. Seats that its members hold for no other reason are freed.

    They go to who waits for one, or back to the pool. NOT_ASSIGNED, which is information, when the group does not give
    it. Decided as `seats:unassign`, too. Raises NOT_FOUND for the group or the product, FORBIDDEN.
    """
    group = await opened(change, input.group_id)
    product, source = await change.product(input.product_id), of_group(group.id)
    bound = await given_products.bound(change.connection, group.team_id, product.id, source)
    await members.lock(change.connection, group.team_id, bound)
    may_take(change, group.team_id, bound)
    await change.decide(facts.team(change.actor, group.team_id))
    payload, outcome = UnassignGroupProductPayload(group), Outcome()
    dropped = await given_products.drop_from_group(change.connection, group.team_id, group.id, product.id)
    if bound:
        await take(change, group.team_id, product.id, bound, source, outcome)
    if not (dropped or bound):
        message = "The group does not give this product."
        payload.errors.append(UserError(UserErrorCode.NOT_ASSIGNED, message, ["productId"]))
        return payload
    before, after = {"product": product.id, "given": True}, {"product": product.id, **outcome.recorded()}
    await change.record(group.team_id, group.id, before, after)
    payload.freed, payload.promoted = outcome.freed, outcome.promoted
    return payload
