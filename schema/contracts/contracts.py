"""Contracts."""

import strawberry

from db.contracts.contracts import ContractRow
from resolvers.billing import orders
from resolvers.contracts import contracts, subscription_fields
from schema.core.fields import expose, shows
from schema.core.nodes import Node
from schema.core.refs import OrderConnection, SubscriptionConnection, TeamRef, UserRef


@shows(ContractRow)
class Contract(Node):
    """What a company has agreed with the vendor: subscriptions of one or more teams, in one currency."""

    number: str = expose(contracts.number, str)
    currency: str = strawberry.field(description="The currency of all its prices: three letters of ISO 4217.")
    grace_days: int = strawberry.field(
        description="For this number of days after the last day of a subscription, holders keep their seats."
    )
    tax_rate: int | None = expose(contracts.tax_rate, int | None)
    home_team: TeamRef | None = expose(contracts.home_team, TeamRef | None)
    teams: list[TeamRef] = expose(contracts.teams, list[TeamRef])
    contact_person: UserRef | None = expose(contracts.contact_person, UserRef | None)
    subscriptions: SubscriptionConnection = expose(subscription_fields.contract_subscriptions, SubscriptionConnection)
    orders: OrderConnection = expose(orders.contract_orders, OrderConnection)
