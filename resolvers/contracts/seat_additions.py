"""The mutation that adds seats to a subscription at once."""

from dataclasses import dataclass, field

import strawberry

from db.contracts import scheduled_changes, seat_changes
from db.contracts.subscriptions import SubscriptionRow
from domain.actions import Action
from domain.orders import OrderKind
from domain.problems import UserError, UserErrorCode
from domain.subscriptions import MAX_SEATS
from resolvers.contracts import amendments, withdrawals
from resolvers.contracts.amendments import EXPIRED, SEATS_RULE, SUBSCRIPTION, Amendment, AmendmentInput
from resolvers.core.changed_lists import SeatLists
from resolvers.core.mutations import Change, mutation


@dataclass
class AddSeatsInput(AmendmentInput):
    """The subscription with its `version`, and how many seats to add."""

    seats: int


@dataclass
class AddSeatsPayload(SeatLists):
    """The subscription with its new seats, and the order. `errors` say why no seat was added."""

    subscription: SubscriptionRow | None = field(default=None, metadata=SUBSCRIPTION)
    order_id: strawberry.Private[str | None] = None
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.CONTRACTS_AMEND)
async def add_seats(change: Change, input: AddSeatsInput) -> AddSeatsPayload:
    """Add seats to a subscription. They can be assigned at once; people on the waiting list get them first, in order.

    They cost the price of a seat in proportion to the days of the running term that are left, and today counts. If the
    next term has been ordered already, they cost its price too; if the subscription has not begun, the whole first
    term. A reduction that is scheduled stays as it is. SEATS_INVALID: no seat, or too many in all.
    PRODUCT_NOT_SOLD: the last day on which the product is sold has passed.
    SUBSCRIPTION_EXPIRED, SUBSCRIPTION_ENDED. SUBSCRIPTION_CHANGED: its version is another one; load it again.
    Raises NOT_FOUND for the subscription, FORBIDDEN.
    """
    amendment = await amendments.begin(change, input)
    if isinstance(amendment, UserError):
        return AddSeatsPayload(errors=[amendment])
    subscription, today = amendment.subscription, change.context.today
    if amendment.has_expired(today):
        return AddSeatsPayload(errors=[UserError(UserErrorCode.SUBSCRIPTION_EXPIRED, EXPIRED, ["subscriptionId"])])
    if not amendment.product.is_sold_on(today):
        return AddSeatsPayload(errors=[withdrawals.not_sold(amendment.product, ["subscriptionId"])])
    ordered = _ordered_change(amendment)
    most = max(amendment.seats, amendment.pending.seats if amendment.pending and ordered else 0)
    if not 1 <= input.seats <= MAX_SEATS - most:
        return AddSeatsPayload(errors=[UserError(UserErrorCode.SEATS_INVALID, SEATS_RULE, ["seats"])])
    promoted = await amendments.add_seats(change, subscription, input.seats)
    if ordered is not None:
        await scheduled_changes.raise_by(change.connection, subscription.team_id, ordered, input.seats)
    lines = amendments.lines_from(subscription, amendment.terms, input.seats, today)
    payload = AddSeatsPayload(await amendments.amended(change, amendment))
    payload.note_seats(subscription.team_id, promoted=promoted)
    payload.note_pool(subscription.team_id, subscription.product_id)
    order = await amendments.place(change, subscription.contract_id, OrderKind.SEATS, lines)
    await seat_changes.record(change.connection, subscription.team_id, subscription.id, today, input.seats, order.id)
    after = {"seats": amendment.seats + input.seats, "order": order.id}
    await amendments.record(change, amendment, {"seats": amendment.seats}, after, promoted)
    payload.order_id = order.id
    return payload


def _ordered_change(amendment: Amendment) -> str | None:
    """The id of the pending change if the term in which it takes effect was ordered for its number of seats.

    The order of the new seats covers that term too, so they come on top. Another change stays as it is.
    """
    pending = amendment.pending
    ordered = pending is not None and pending.effective_on <= amendment.subscription.ends_on
    return pending.id if pending is not None and ordered else None
