"""The mutation of the vendor's staff that adds a subscription to a team."""

from domain.subscriptions import MAX_SEATS
from resolvers.contracts import subscriptions
from schema.core.fields import expose, publish_input
from schema.core.payloads import payload

DESCRIPTIONS = {
    "product_id": "A product of the catalogue.",
    "seats": f"The number of seats, 1 to {MAX_SEATS:,}.",
    "starts_on": "The first day (UTC) on which the seats can be assigned. It may be in the past.",
    "ends_on": "The last day (UTC) on which the seats can be assigned.",
}
publish_input(subscriptions.NewSubscriptionInput, **DESCRIPTIONS)
publish_input(subscriptions.AddSubscriptionInput, team_id="The team that gets the subscription.", **DESCRIPTIONS)

add_subscription = expose(subscriptions.add_subscription, payload(subscriptions.AddSubscriptionPayload) | None)
