"""Subscriptions, and the mutation of the vendor's staff that adds one to a team."""

from datetime import date

import strawberry

from db.contracts.subscription_seats import ScheduledChangeRow, SeatChangeRow
from db.contracts.subscriptions import SubscriptionRow
from domain.subscriptions import MAX_SEATS
from domain.terms import MAX_MONTHS, SubscriptionStatus
from resolvers.catalogue import products
from resolvers.contracts import contracts, subscription_fields, subscription_terms, subscriptions
from schema.core.fields import expose, publish_enum, publish_input, shows
from schema.core.nodes import Node
from schema.core.payloads import payload
from schema.core.refs import ContractRef, MoneyRef, ProductRef, SeatRef, SubscriptionTermRef, TeamRef

DESCRIPTIONS = {
    "product_id": "A product of the catalogue.",
    "seats": f"The number of seats, 1 to {MAX_SEATS:,}.",
    "starts_on": "The first day (UTC) on which the seats can be assigned. It may be in the past.",
    "ends_on": "The last day (UTC) on which the seats can be assigned.",
    "unit_price": "The price of a seat for the whole first term, in minor units of the currency of the contract.",
    "months": f"The length of the next term in months, 1 to {MAX_MONTHS}; without it, nearly that of the first.",
    "auto_renew": "Whether it renews itself after its last day.",
}
publish_enum(SubscriptionStatus)
publish_input(subscriptions.NewSubscriptionInput, **DESCRIPTIONS)
publish_input(
    subscriptions.AddSubscriptionInput,
    team_id="The team that gets the subscription.",
    contract_id="A contract that serves the team. Without it, the newest one; if there is none, a new one in EUR.",
    **DESCRIPTIONS,
)


@shows(SeatChangeRow)
class SeatChange:
    """A change of the number of seats of a subscription."""

    effective_on: date = strawberry.field(description="The day (UTC) of the change.")
    delta: int = strawberry.field(description="How many seats were added, or, if it is negative, given up.")


@shows(ScheduledChangeRow)
class ScheduledChange:
    """A change of the number of seats that comes with the next term."""

    id: strawberry.ID = strawberry.field(description="The id of the change. It is not an id for `node(id:)`.")
    effective_on: date = strawberry.field(description="The first day (UTC) of the next term.")
    seats: int = strawberry.field(description="The number of seats from then on.")
    lost_seats: list[SeatRef] = expose(subscription_fields.lost_seats, list[SeatRef])


@shows(SubscriptionRow)
class Subscription(Node):
    """Seats of one product that a team has bought under a contract, for one term after another."""

    team: TeamRef = expose(subscription_fields.team, TeamRef)
    product: ProductRef = expose(products.product, ProductRef)
    contract: ContractRef = expose(contracts.contract, ContractRef)
    status: SubscriptionStatus = expose(subscription_fields.status, SubscriptionStatus)
    starts_on: date = strawberry.field(description="The first day (UTC) of its first term.")
    ends_on: date = strawberry.field(description="The last day (UTC) of its last term.")
    held_until: date = expose(subscription_fields.held_until, date)
    auto_renew: bool = strawberry.field(description="Whether it renews itself at the end of its last term.")
    months: int = strawberry.field(description="The length of its next term in months.")
    version: int = strawberry.field(
        description="The number of its amendments, plus 1. An amendment names the version that it was made for."
    )
    seats: int = expose(subscription_fields.seats, int)
    assigned_seats: int = expose(subscription_fields.assigned_seats, int)
    unit_price: MoneyRef | None = expose(subscription_terms.unit_price, MoneyRef | None)
    terms: list[SubscriptionTermRef] = expose(subscription_terms.subscription_terms, list[SubscriptionTermRef])
    seat_changes: list[SeatChange] = expose(subscription_fields.seat_changes, list[SeatChange])
    scheduled_change: ScheduledChange | None = expose(subscription_fields.scheduled_change, ScheduledChange | None)


add_subscription = expose(subscriptions.add_subscription, payload(subscriptions.AddSubscriptionPayload) | None)
