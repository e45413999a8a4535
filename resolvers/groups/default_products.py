"""The products that a team gives to everybody in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import strawberry

from db.catalogue import products
from db.catalogue.products import PRODUCTS, ProductRow
from db.groups import given_products
from db.people import members
from db.people.teams import TeamRow
from db.seats import waiting_list as waits
from db.seats.seats import SeatRow
from db.seats.waits import WaitRow
from domain.actions import Action
from domain.bulk import BulkMode
from domain.problems import UserError, UserErrorCode
from domain.seats import DEFAULT
from policies import facts
from resolvers.core.changed_lists import SeatLists
from resolvers.core.context import Context
from resolvers.core.fields import loaded_by
from resolvers.core.loaders import Loading
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, mutation, performs
from resolvers.core.relations import many
from resolvers.groups.seat_giving import (
    FREED,
    PROMOTED,
    SEATS,
    WAITS,
    GivenProduct,
    Outcome,
    for_unnamed,
    give,
    may_give,
    may_take,
    take,
)

MAX_PRODUCTS = 100


@dataclass
class SetDefaultProductsInput(MutationInput):
    """The products that a team is to give to everybody in it. A product that is not in the list is no longer given."""

    GIVES: ClassVar[bool] = True

    team_id: strawberry.ID
    product_ids: list[strawberry.ID]
    mode: BulkMode = BulkMode.ALL_OR_NOTHING


@dataclass
class SetDefaultProductsPayload(SeatLists):
    """The team, and the seats that its members got and lost. `errors` say who got no seat, and why."""

    team: TeamRow = field(metadata={"description": "The team, with the products that it gives now."})
    seats: list[SeatRow] = field(default_factory=list, metadata=SEATS)
    waits: list[WaitRow] = field(default_factory=list, metadata=WAITS)
    freed: list[SeatRow] = field(default_factory=list, metadata=FREED)
    promoted: list[SeatRow] = field(default_factory=list, metadata=PROMOTED)
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.DEFAULTS_SET)
async def set_default_products(change: Change, input: SetDefaultProductsInput) -> SetDefaultProductsPayload:
    """Set the products that a team gives to everybody in it. Each member gets a seat of each of them.

    People who join later get seats too, invited people when they accept; if no seat is left then, they join the waiting
    list. If a product is removed from the list, this reason to hold a seat of it ends. You can repeat the mutation:
    members who still lack a seat of a listed product get one now. NO_SEAT_LEFT names each member who gets no seat:
    under ALL_OR_NOTHING nothing is done, under BEST_EFFORT the others get their seats, and under WAITLIST these
    members join the waiting list (WAITING, which is information). If you may not read members, each of the two has only
    their number for a product, as `count`. DUPLICATE, NOT_FOUND (no such product) and LIST_TOO_LONG (more than 100)
    stop everything. In a team with separation of duties you get no seat yourself (SEPARATION_OF_DUTIES, which is
    information). You also need `seats:assign` if the list has a product, and `seats:unassign` if a product is removed
    from it. Raises NOT_FOUND for the team, FORBIDDEN.
    """
    team = await change.team(input.team_id)
    change.require([facts.team(change.actor, team.id)])
    await given_products.lock_changes(change.connection, team.id)
    present = await given_products.ids_of_team(change.connection, team.id)
    wanted, payload = sorted(set(input.product_ids)), SetDefaultProductsPayload(team)
    if wanted:
        may_give(change, team.id, [])
    if set(present) - set(wanted):
        may_take(change, team.id, [])
    await change.decide(facts.team(change.actor, team.id))
    payload.errors += await _list_errors(change, input)
    if payload.errors:
        return payload
    outcome = await _replace_products(change, team.id, present, wanted, input.mode)
    payload.errors += for_unnamed(change, team.id, outcome.errors)
    if not outcome.shortage:
        payload.seats, payload.waits = outcome.seats, outcome.waits
        payload.freed, payload.promoted = outcome.freed, outcome.promoted
        outcome.note_in(payload, team.id)
    return payload


_OF_TEAMS = many(given_products.OF_TEAMS, PRODUCTS, Action.POOLS_READ)


@performs(Action.POOLS_READ)
@loaded_by("id", action=Action.POOLS_READ, team="id")
def default_products(context: Context) -> Loading[list[ProductRow]]:
    """The products that the team gives to everybody in it, in the order of their names; FORBIDDEN for a plain user."""
    return context.loading(_OF_TEAMS)


async def _replace_products(
    change: Change, team_id: str, present: Sequence[str], wanted: Sequence[str], mode: BulkMode
) -> Outcome:
    """Let the team give the `wanted` products instead of the `present` ones.

    If the outcome has a shortage, everything is undone.
    """
    added = [product_id for product_id in wanted if product_id not in present]
    removed = [product_id for product_id in present if product_id not in wanted]
    active = await given_products.active_members(change.connection, team_id)
    losing = {one: await given_products.people_with_source(change.connection, team_id, one, DEFAULT) for one in removed}
    people = {*active, *(user_id for losers in losing.values() for user_id in losers)}
    known = await members.lock(change.connection, team_id, sorted(people))
    active, outcome = [user_id for user_id in active if user_id in known], Outcome()
    savepoint = await change.connection.savepoint()
    await waits.lock_for_joining(change.connection, team_id)
    await given_products.remove_from_team(change.connection, team_id, removed)
    for product_id, losers in losing.items():
        await take(change, team_id, product_id, losers, DEFAULT, outcome)
    await given_products.add_to_team(change.connection, team_id, added, change.by)
    lacking = {
        one: await given_products.people_without_source(change.connection, team_id, one, DEFAULT, active)
        for one in wanted
    }
    given = [GivenProduct(product_id, DEFAULT, user_ids) for product_id, user_ids in lacking.items()]
    await give(change, team_id, given, mode, outcome)
    if outcome.shortage:
        await savepoint.rollback()
        return outcome
    moved = outcome.audit_values()
    if added or removed or moved:
        await change.record(team_id, team_id, {"defaults": present}, {"defaults": wanted, **moved})
    return outcome


async def _list_errors(change: Change, input: SetDefaultProductsInput) -> list[UserError]:
    """The errors of the list of products."""
    if len(input.product_ids) > MAX_PRODUCTS:
        message = f"List at most {MAX_PRODUCTS} products; this list has {len(input.product_ids)}."
        return [UserError(UserErrorCode.LIST_TOO_LONG, message, ["productIds"])]
    known = await products.by_ids(change.connection, input.product_ids)
    errors, first = [], dict[str, int]()
    for row, product_id in enumerate(input.product_ids):
        if first.setdefault(product_id, row) != row:
            message = f"This product is already in row {first[product_id]}."
            errors.append(UserError(UserErrorCode.DUPLICATE, message, ["productIds"], row))
        elif product_id not in known:
            message = "There is no product with this id."
            errors.append(UserError(UserErrorCode.NOT_FOUND, message, ["productIds"], row))
    return errors
