"""The mutation of the vendor's staff that adds a subscription to a team."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import anyio
import strawberry

from db.contracts import contracts, subscriptions
from db.contracts.subscriptions import NewSubscription
from db.core import ids
from db.seats import waiting_list
from db.seats.seats import SeatRow
from domain.actions import Action
from domain.problems import NotFound, UserError, UserErrorCode
from domain.subscriptions import MAX_SEATS
from domain.terms import months_between, nearest_months
from policies import facts
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, mutation

DEFAULT_CURRENCY = "EUR"
SEATS_RULE = f"A subscription has 1 to {MAX_SEATS:,} seats."
TERM_RULE = "A subscription ends on the day it starts or later, and not before today (UTC)."


@dataclass
class NewSubscriptionInput:
    """A subscription: its product, its number of seats, and its first and last day."""

    product_id: strawberry.ID
    seats: int
    starts_on: date
    ends_on: date


@dataclass
class AddSubscriptionInput(MutationInput):
    """The team, and the subscription to add to it."""

    team_id: strawberry.ID
    product_id: strawberry.ID
    seats: int
    starts_on: date
    ends_on: date


@dataclass
class AddSubscriptionPayload:
    """The subscription that was added. `errors` say why none was added."""

    subscription_id: strawberry.ID | None = field(
        default=None, metadata={"description": "The id of the new subscription; null if none was added."}
    )
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.SUBSCRIPTIONS_ADD)
async def add_subscription(change: Change, input: AddSubscriptionInput) -> AddSubscriptionPayload:
    """Add a subscription with its seats to a team. Only the vendor's staff may do it.

    The seats can be assigned from the first day to the last day (UTC). If people are on the waiting list, they get the
    new seats at once, in order. SEATS_INVALID: too few or too many seats. TERM_INVALID: the subscription would end
    before it starts, or before today. Raises NOT_FOUND for the team or the product, FORBIDDEN.
    """
    await change.decide(facts.business(change.actor))
    wanted = NewSubscriptionInput(input.product_id, input.seats, input.starts_on, input.ends_on)
    errors = subscription_errors(change, wanted, [])
    if errors:
        return AddSubscriptionPayload(errors=errors)
    added, promoted = await add(change, input.team_id, wanted)
    await change.record(input.team_id, added.id, {}, audit_values(wanted, promoted))
    return AddSubscriptionPayload(strawberry.ID(added.id))


def subscription_errors(change: Change, wanted: NewSubscriptionInput, path: Sequence[str]) -> list[UserError]:
    """What is wrong with a subscription to add. `path` is the path of its fields in the input."""
    errors = []
    if not 1 <= wanted.seats <= MAX_SEATS:
        errors.append(UserError(UserErrorCode.SEATS_INVALID, SEATS_RULE, [*path, "seats"]))
    if wanted.ends_on < max(wanted.starts_on, change.context.today):
        errors.append(UserError(UserErrorCode.TERM_INVALID, TERM_RULE, [*path, "endsOn"]))
    return errors


async def add(change: Change, team_id: str, wanted: NewSubscriptionInput) -> tuple[NewSubscription, list[SeatRow]]:
    """Add a subscription without errors, and serve the waiting list. Returns it, and the seats that people got.

    Raises NotFound.
    """
    product = await change.product(wanted.product_id)
    term, months = (wanted.starts_on, wanted.ends_on), months_between(wanted.starts_on, wanted.ends_on)
    next_months = months or nearest_months(*term)
    new = NewSubscription(team_id, ids.new("sub"), product.id, *term, months, next_months, 0, auto_renew=False)
    # In a thread: to make the ids of the largest subscription takes 0.2 s.
    seat_ids = await anyio.to_thread.run_sync(lambda: [ids.new("seat") for _ in range(wanted.seats)])
    await waiting_list.lock_for_freeing(change.connection, team_id)
    contract = await contracts.default(change.connection, team_id)
    contract = contract or await contracts.create(change.connection, team_id, DEFAULT_CURRENCY)
    if contract is None:
        raise NotFound("team")
    await subscriptions.add(change.connection, new, contract, seat_ids)
    return new, await waiting_list.promote(change.connection, team_id, product.id)


def audit_values(wanted: NewSubscriptionInput, promoted: Sequence[SeatRow]) -> dict[str, object]:
    """What the audit row says about an added subscription."""
    term = {"starts": wanted.starts_on.isoformat(), "ends": wanted.ends_on.isoformat()}
    values = {"product": wanted.product_id, "seats": wanted.seats, **term}
    return {**values, "promoted": {seat.id: seat.holder_id for seat in promoted}} if promoted else values
