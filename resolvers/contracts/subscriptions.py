"""The mutation of the vendor's staff that adds a subscription to a team."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, date
from typing import NamedTuple

import anyio
import strawberry

from db.billing.orders import NewLine
from db.contracts import contracts, seat_changes, subscriptions
from db.contracts.contracts import ContractKey
from db.contracts.subscriptions import NewSubscription
from db.core import ids
from db.seats import waiting_list
from db.seats.seats import SeatRow
from domain.actions import Action
from domain.money import BigInt
from domain.orders import MAX_PRICE, OrderKind
from domain.problems import NotFound, UserError, UserErrorCode
from domain.subscriptions import MAX_SEATS
from domain.terms import MAX_MONTHS, months_between, nearest_months
from policies import facts
from resolvers.contracts import withdrawals
from resolvers.contracts.amendments import SEATS_RULE, place
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, mutation

DEFAULT_CURRENCY = "EUR"
FREE = BigInt(0)
TERM_RULE = "A subscription ends on the day it starts or later, and not before today (UTC), in the years 2 to 9998."
MONTHS_RULE = f"A term has 1 to {MAX_MONTHS} months."
PRICE_RULE = f"A seat costs 0 to {MAX_PRICE:,} minor units for a term."


class AddedSubscription(NamedTuple):
    """The ids of a subscription that was added and of its order, and the seats that people on the waiting list got."""

    id: str
    order_id: str
    promoted: list[SeatRow]


@dataclass
class NewSubscriptionInput:
    """A subscription: its product, its number of seats, its first and last day, its price, and how it goes on."""

    product_id: strawberry.ID
    seats: int
    starts_on: date
    ends_on: date
    unit_price: BigInt = FREE
    months: int | None = None
    auto_renew: bool = False


@dataclass
class AddSubscriptionInput(MutationInput):
    """The team, and the subscription to add to it."""

    team_id: strawberry.ID
    product_id: strawberry.ID
    seats: int
    starts_on: date
    ends_on: date
    unit_price: BigInt = FREE
    months: int | None = None
    auto_renew: bool = False
    contract_id: strawberry.ID | None = None


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
    new seats at once, in order. It is ordered today, and invoiced if it costs something. SEATS_INVALID, PRICE_INVALID:
    the message gives the limits. TERM_INVALID: the subscription would end before it starts, or before today, or the
    next term would be too short or too long. PRODUCT_NOT_SOLD: it would begin, or renew itself, after the last day on
    which the product is sold. Raises NOT_FOUND for the team, the product or the contract, FORBIDDEN.
    """
    await change.decide(facts.business(change.actor))
    days = (input.starts_on, input.ends_on)
    renewal = (input.months, input.auto_renew)
    wanted = NewSubscriptionInput(input.product_id, input.seats, *days, input.unit_price, *renewal)
    errors = subscription_errors(change, wanted, [])
    errors = errors or await sale_errors(change, wanted, [])
    if errors:
        return AddSubscriptionPayload(errors=errors)
    added = await add(change, input.team_id, wanted, input.contract_id)
    await change.record(input.team_id, added.id, {}, audit_values(wanted, added))
    return AddSubscriptionPayload(strawberry.ID(added.id))


def subscription_errors(change: Change, wanted: NewSubscriptionInput, path: Sequence[str]) -> list[UserError]:
    """What is wrong with a subscription to add. `path` is the path of its fields in the input."""
    errors = []
    if not 1 <= wanted.seats <= MAX_SEATS:
        errors.append(UserError(UserErrorCode.SEATS_INVALID, SEATS_RULE, [*path, "seats"]))
    years = range(MINYEAR + 1, MAXYEAR)  # the driver stores the first and the last day of all as infinite
    in_years = wanted.starts_on.year in years and wanted.ends_on.year in years
    if wanted.ends_on < max(wanted.starts_on, change.context.today) or not in_years:
        errors.append(UserError(UserErrorCode.TERM_INVALID, TERM_RULE, [*path, "endsOn"]))
    if wanted.months is not None and not 1 <= wanted.months <= MAX_MONTHS:
        errors.append(UserError(UserErrorCode.TERM_INVALID, MONTHS_RULE, [*path, "months"]))
    if not 0 <= wanted.unit_price <= MAX_PRICE:
        errors.append(UserError(UserErrorCode.PRICE_INVALID, PRICE_RULE, [*path, "unitPrice"]))
    return errors


async def sale_errors(change: Change, wanted: NewSubscriptionInput, path: Sequence[str]) -> list[UserError]:
    """Why the product is not sold for a subscription to add. Nobody withdraws it until the transaction ends.

    `path` is the path of its fields in the input. Raises NotFound for the product.
    """
    product = await withdrawals.lock_for_sale(change, wanted.product_id)
    if not product.is_sold_on(max(wanted.starts_on, change.context.today)):
        return [withdrawals.not_sold(product, [*path, "productId"])]
    if wanted.auto_renew and not product.is_sold_after(wanted.ends_on):
        return [withdrawals.not_sold(product, [*path, "autoRenew"])]
    return []


async def add(
    change: Change, team_id: str, wanted: NewSubscriptionInput, contract_id: str | None = None
) -> AddedSubscription:
    """Add a subscription without errors, also of `sale_errors`, serve the waiting list, and place the order.

    Without a contract, it belongs to the newest one of the team, and else to a new one. Raises NotFound.
    """
    term, months = (wanted.starts_on, wanted.ends_on), months_between(wanted.starts_on, wanted.ends_on)
    next_months = wanted.months or months or nearest_months(*term)
    price, renews = int(wanted.unit_price), wanted.auto_renew
    new = NewSubscription(team_id, ids.new("sub"), wanted.product_id, *term, months, next_months, price, renews)
    # In a thread: to make the ids of the largest subscription takes 0.2 s.
    seat_ids = await anyio.to_thread.run_sync(lambda: [ids.new("seat") for _ in range(wanted.seats)])
    await waiting_list.lock_for_freeing(change.connection, team_id)
    contract = await _contract(change, team_id, contract_id)
    await subscriptions.add(change.connection, new, contract, seat_ids)
    promoted = await waiting_list.promote(change.connection, team_id, wanted.product_id)
    line = NewLine(team_id, new.id, 1, wanted.seats, price, *term, (wanted.ends_on - wanted.starts_on).days + 1)
    order = await place(change, contract.id, OrderKind.PURCHASE, [line])
    await seat_changes.record(change.connection, team_id, new.id, wanted.starts_on, wanted.seats, order.id)
    return AddedSubscription(new.id, order.id, promoted)


async def _contract(change: Change, team_id: str, id_: str | None) -> ContractKey:
    """The contract with this id, which must serve the team; without an id, the newest or a new one. Raises NotFound."""
    if id_ is not None:
        named = await contracts.serving(change.connection, id_, team_id)
        if named is None:
            raise NotFound("contract")
        return named
    newest = await contracts.default(change.connection, team_id)
    contract = newest or await contracts.create(change.connection, team_id, DEFAULT_CURRENCY)
    if contract is None:
        raise NotFound("team")
    return contract


def audit_values(wanted: NewSubscriptionInput, added: AddedSubscription) -> dict[str, object]:
    """What the audit row says about an added subscription."""
    term = {"starts": wanted.starts_on.isoformat(), "ends": wanted.ends_on.isoformat()}
    values = {"product": wanted.product_id, "seats": wanted.seats, **term, "order": added.order_id}
    if not added.promoted:
        return values
    return {**values, "promoted": {seat.id: seat.holder_id for seat in added.promoted}}
