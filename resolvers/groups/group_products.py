"""The mutations that let a group give a product to its members, or stop it."""

from dataclasses import dataclass, field

import strawberry

from db.groups import given_products, groups
from db.groups.groups import GroupRow
from db.people import members
from db.seats.seats import SeatRow
from db.seats.waits import WaitRow
from domain.actions import Action
from domain.bulk import BulkMode
from domain.problems import UserError, UserErrorCode
from policies import facts
from resolvers.core.changed_lists import SeatLists
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, mutation
from resolvers.groups.groups import locked_group
from resolvers.groups.seat_giving import (
    FREED,
    PROMOTED,
    SEATS,
    WAITS,
    GivenProduct,
    Outcome,
    for_unnamed,
    give,
    group_source,
    may_give,
    may_take,
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
    """A product that a group is no longer to give."""

    group_id: strawberry.ID
    product_id: strawberry.ID


@dataclass
class AssignGroupProductPayload(SeatLists):
    """The group, and the seats that its members got. `errors` say who got none, and why."""

    group: GroupRow = field(metadata={"description": "The group, with the products that it gives now."})
    seats: list[SeatRow] = field(default_factory=list, metadata=SEATS)
    waits: list[WaitRow] = field(default_factory=list, metadata=WAITS)
    errors: list[UserError] = field(default_factory=list)


@dataclass
class UnassignGroupProductPayload(SeatLists):
    """The group, and the seats that its members lost."""

    group: GroupRow = field(metadata={"description": "The group, with the products that it gives now."})
    freed: list[SeatRow] = field(default_factory=list, metadata=FREED)
    promoted: list[SeatRow] = field(default_factory=list, metadata=PROMOTED)
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.GROUPS_ASSIGN)
async def assign_group_product(change: Change, input: AssignGroupProductInput) -> AssignGroupProductPayload:
    """Let a group give a product. Each of its members gets a seat; so do invited people, and people who join later.

    NO_SEAT_LEFT names each member who gets no seat: under ALL_OR_NOTHING nothing is done, under BEST_EFFORT the
    group gives the product to the others, and under WAITLIST these members join the waiting list (WAITING, which is
    information). If you may not read members, each of the two has only their number, as `count`. You can repeat it:
    members who still lack a seat get one now. In a team with separation of duties you get no seat yourself
    (SEPARATION_OF_DUTIES, which is information). You also need `seats:assign`.
    Raises NOT_FOUND for the group or the product, FORBIDDEN.
    """
    group = await locked_group(change, input.group_id)
    product = await change.product(input.product_id)
    present = await groups.member_ids(change.connection, group.team_id, group.id)
    known = await members.lock(change.connection, group.team_id, present)
    may_give(change, group.team_id, known)
    await change.decide(facts.team(change.actor, group.team_id))
    payload, outcome, source = AssignGroupProductPayload(group), Outcome(), group_source(group.id)
    pool = (group.team_id, product.id)
    lacking = await given_products.people_without_source(change.connection, *pool, source, list(known))
    savepoint = await change.connection.savepoint()
    added = await given_products.add_to_group(change.connection, group.team_id, group.id, product.id, change.by)
    await give(change, group.team_id, [GivenProduct(product.id, source, lacking)], input.mode, outcome)
    payload.errors += for_unnamed(change, group.team_id, outcome.errors)
    if outcome.shortage:
        await savepoint.rollback()
        return payload
    after = {**({"given": True} if added else {}), **outcome.audit_values()}
    if after:
        await change.record(group.team_id, group.id, {}, {"product": product.id, **after})
    payload.seats, payload.waits = outcome.seats, outcome.waits
    outcome.note_in(payload, group.team_id)
    return payload


@mutation(Action.GROUPS_ASSIGN)
async def unassign_group_product(change: Change, input: UnassignGroupProductInput) -> UnassignGroupProductPayload:
    """Stop a group from giving a product. The seats that its members hold for no other reason are freed.

    They go to the waiting list, or back to the pool. NOT_ASSIGNED (information): the group does not give the product.
    You also need `seats:unassign`. Raises NOT_FOUND for the group or the product, FORBIDDEN.
    """
    group = await locked_group(change, input.group_id)
    product, source = await change.product(input.product_id), group_source(group.id)
    affected = await given_products.people_with_source(change.connection, group.team_id, product.id, source)
    await members.lock(change.connection, group.team_id, affected)
    may_take(change, group.team_id, affected)
    await change.decide(facts.team(change.actor, group.team_id))
    payload, outcome = UnassignGroupProductPayload(group), Outcome()
    dropped = await given_products.remove_from_group(change.connection, group.team_id, group.id, product.id)
    if affected:
        await take(change, group.team_id, product.id, affected, source, outcome)
    if not (dropped or affected):
        message = "The group does not give this product."
        payload.errors.append(UserError(UserErrorCode.NOT_ASSIGNED, message, ["productId"]))
        return payload
    before, after = {"product": product.id, "given": True}, {"product": product.id, **outcome.audit_values()}
    await change.record(group.team_id, group.id, before, after)
    payload.freed, payload.promoted = outcome.freed, outcome.promoted
    outcome.note_in(payload, group.team_id)
    return payload
