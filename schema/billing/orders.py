"""Orders and their lines."""

from datetime import date

import strawberry

from db.billing.order_lines import OrderLineRow
from db.billing.orders import OrderRow
from domain.orders import OrderKind
from resolvers.billing import order_documents, orders
from resolvers.catalogue import products
from resolvers.contracts import contracts, subscription_fields
from schema.core.fields import expose, publish_enum, shows
from schema.core.nodes import Node
from schema.core.refs import (
    ContractRef,
    InvoiceRef,
    MoneyRef,
    OrderLineRef,
    ProductRef,
    SignedLinkRef,
    SubscriptionRef,
    TeamRef,
)

publish_enum(OrderKind)


@shows(OrderLineRow)
class OrderLine:
    """A line of an order: seats of one term of a subscription."""

    n: int = strawberry.field(description="The number of the line; the first one is 1.")
    product: ProductRef = expose(products.product, ProductRef)
    team: TeamRef | None = expose(orders.team, TeamRef | None)
    subscription: SubscriptionRef | None = expose(subscription_fields.subscription, SubscriptionRef | None)
    quantity: int = strawberry.field(description="The number of seats; negative if they moved to another team.")
    unit_price: MoneyRef = expose(orders.unit_price, MoneyRef)
    starts_on: date = strawberry.field(description="The first day (UTC) for which the line charges.")
    ends_on: date = strawberry.field(description="The last day (UTC) for which the line charges.")
    days: int = expose(orders.days, int)
    term_days: int = strawberry.field(description="The number of days of the whole term.")
    amount: MoneyRef = expose(orders.amount, MoneyRef)
    tax: MoneyRef = expose(orders.line_tax, MoneyRef)


@shows(OrderRow)
class Order(Node):
    """What was ordered under a contract. An order is on invoice: Usher takes no cards."""

    number: str = expose(orders.number, str)
    kind: OrderKind = strawberry.field(description="Why the order was placed.")
    ordered_on: date = strawberry.field(description="The day (UTC) of the order.")
    ordered_by: str = strawberry.field(
        description="The id of the user or of the partner token that ordered, or the job, such as `job calendar`."
    )
    contract: ContractRef | None = expose(contracts.ordered_under, ContractRef | None)
    lines: list[OrderLineRef] = expose(orders.lines, list[OrderLineRef])
    subtotal: MoneyRef = expose(orders.subtotal, MoneyRef)
    tax: MoneyRef = expose(orders.tax, MoneyRef)
    total: MoneyRef = expose(orders.total, MoneyRef)
    invoice: InvoiceRef | None = expose(orders.invoice, InvoiceRef | None)
    document: SignedLinkRef | None = expose(order_documents.document, SignedLinkRef | None)
