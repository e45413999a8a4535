"""The products that a team gives to everybody in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import strawberry

from db.catalogue import products
from db.catalogue.products import ProductRow
from db.groups import given_products
from db.people import members
from db.people.teams import TeamRow
from db.seats import waiting_list as waits
from db.seats.seats import SeatRow
from db.seats.waiting_list import WaitRow
from domain.actions import Action
from domain.bulk import BulkMode
from domain.problems import Forbidden, UserError, UserErrorCode
from domain.seats import DEFAULT
from policies import facts
from resolvers.core.context import Context
from resolvers.core.fields import of_each
from resolvers.core.loaders import Loading
from resolvers.core.mutations import Change, MutationInput, mutation, performs
from resolvers.groups.seat_giving import FREED, PROMOTED, SEATS, WAITS, Gift, Outcome, give, may_give, may_take, take

MAX_PRODUCTS = 100


@dataclass
class SetDefaultProductsInput(MutationInput):
    """The products that a team is to give to everybody in it: whichever is not named is given no more."""

    GIVES: ClassVar[bool] = True

    team_id: strawberry.ID
    product_ids: list[strawberry.ID]
    mode: BulkMode = BulkMode.ALL_OR_NOTHING


@dataclass
class SetDefaultProductsPayload:
    """The team, and the seats that its members got and gave back; `errors` say who got no seat, and why."""

    team: TeamRow
    seats: list[SeatRow] = field(default_factory=list, metadata=SEATS)
    waits: list[WaitRow] = field(default_factory=list, metadata=WAITS)
    freed: list[SeatRow] = field(default_factory=list, metadata=FREED)
    promoted: list[SeatRow] = field(default_factory=list, metadata=PROMOTED)
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.DEFAULTS_SET)
async def set_default_products(change: Change, input: SetDefaultProductsInput) -> SetDefaultProductsPayload:
    """Say what a team gives to everybody in it. Whoever is in the team gets a seat, and so does who joins later.

    Invited people get theirs when they accept; who is not served then waits. Taking a product off the list ends this
    reason to hold a seat of it. NO_SEAT_LEFT names each member for whom there is none: nothing is done under
    ALL_OR_NOTHING, the others are served under BEST_EFFORT, and under WAITLIST they wait (WAITING, which is
    information). It converges: who has got none so far of a product that stays gets one now. DUPLICATE, NOT_FOUND (no
    such product) and LIST_TOO_LONG (100) stop everything. In a team with separation of duties you get none yourself
    (SEPARATION_OF_DUTIES, information too). Decided as `seats:assign` and `seats:unassign`, too, where products come
    and go. Raises NOT_FOUND for the team, FORBIDDEN.
    """
    team = await change.team(input.team_id)
    change.require([facts.team(change.actor, team.id)])
    await given_products.changing(change.connection, team.id)
    present = await given_products.of_team(change.connection, team.id)
    wanted, payload = sorted(set(input.product_ids)), SetDefaultProductsPayload(team)
    if wanted:
        may_give(change, team.id, [])
    if set(present) - set(wanted):
        may_take(change, team.id, [])
    await change.decide(facts.team(change.actor, team.id))
    payload.errors += await _mistaken(change, input)
    if payload.errors:
        return payload
    outcome = await _exchange(change, team.id, present, wanted, input.mode)
    payload.errors += outcome.errors
    if not outcome.short:
        payload.seats, payload.waits = outcome.seats, outcome.waits
        payload.freed, payload.promoted = outcome.freed, outcome.promoted
    return payload


@performs(Action.POOLS_READ)
@of_each("id")
def default_products(context: Context) -> Loading[list[ProductRow]]:
    """The products of which the team gives everybody in it a seat, by name; FORBIDDEN for a plain user."""
    return context.loading(_of_teams)


async def _exchange(
    change: Change, team_id: str, present: Sequence[str], wanted: Sequence[str], mode: BulkMode
) -> Outcome:
    """Let the team give what is wanted in place of what it gives at present; nothing has changed when it is short."""
    coming = [product_id for product_id in wanted if product_id not in present]
    going = [product_id for product_id in present if product_id not in wanted]
    active = await given_products.active(change.connection, team_id)
    bound = {one: await given_products.bound(change.connection, team_id, one, DEFAULT) for one in going}
    known = await members.lock(change.connection, team_id, sorted({*active, *(u for us in bound.values() for u in us)}))
    active, outcome = [user_id for user_id in active if user_id in known], Outcome()
    async with change.connection.begin_nested() as attempt:
        await waits.queueing(change.connection, team_id)
        await given_products.drop_from_team(change.connection, team_id, going)
        for product_id, people in bound.items():
            await take(change, team_id, product_id, people, DEFAULT, outcome)
        await given_products.add_to_team(change.connection, team_id, coming, change.by)
        lacking = {
            one: await given_products.lacking(change.connection, team_id, one, DEFAULT, active) for one in wanted
        }
        given = [Gift(product_id, DEFAULT, people) for product_id, people in lacking.items()]
        await give(change, team_id, given, mode, outcome)
        if outcome.short:
            await attempt.rollback()
            return outcome
    moved = outcome.recorded()
    if coming or going or moved:
        await change.record(team_id, team_id, {"defaults": present}, {"defaults": wanted, **moved})
    return outcome


async def _of_teams(context: Context, team_ids: Sequence[str]) -> Mapping[str, list[ProductRow] | Forbidden]:
    reach = context.reach(Action.POOLS_READ)
    async with context.reading() as connection:
        given = await given_products.shown_of_teams(connection, reach, team_ids)
    return {
        id_: given.get(id_, []) if id_ in reach.teams else context.refused_in(Action.POOLS_READ, id_)
        for id_ in team_ids
    }


async def _mistaken(change: Change, input: SetDefaultProductsInput) -> list[UserError]:
    """What is wrong with the list of products."""
    if len(input.product_ids) > MAX_PRODUCTS:
        message = f"Name at most {MAX_PRODUCTS} products; these are {len(input.product_ids)}."
        return [UserError(UserErrorCode.LIST_TOO_LONG, message, ["productIds"])]
    known = await products.by_ids(change.connection, input.product_ids)
    errors, first = [], dict[str, int]()
    for row, product_id in enumerate(input.product_ids):
        if first.setdefault(product_id, row) != row:
            message = f"This product stands in row {first[product_id]} already."
            errors.append(UserError(UserErrorCode.DUPLICATE, message, ["productIds"], row))
        elif product_id not in known:
            message = "There is no product with this id."
            errors.append(UserError(UserErrorCode.NOT_FOUND, message, ["productIds"], row))
    return errors
