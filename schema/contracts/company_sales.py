"""The companies that buy, as the vendor's staff sees them."""

from datetime import date

import strawberry

from db.billing.invoices import InvoiceRow
from db.billing.orders import OrderRow
from db.contracts.company_sales import CompanyRow, CompanySubscriptionRow
from db.contracts.contracts import ContractRow
from domain.orders import InvoiceStatus, OrderKind
from domain.terms import SubscriptionStatus
from resolvers.billing import invoices, orders
from resolvers.catalogue import products
from resolvers.contracts import company_sales, contracts
from schema.core.fields import expose, publish_enum, shows
from schema.core.paging import Connection
from schema.core.refs import MoneyRef, ProductRef

for one in (InvoiceStatus, OrderKind, SubscriptionStatus):
    publish_enum(one)


@shows(ContractRow)
class CompanyContract:
    """A contract of a company, as the vendor's staff sees it."""

    id: strawberry.ID = strawberry.field(description="The id of the contract.")
    number: str = expose(contracts.number, str)
    currency: str = strawberry.field(description="The currency of all its prices: three letters of ISO 4217.")
    tax_rate: int = strawberry.field(description="The tax rate in hundredths of a percent: 1,900 are 19 %.")
    grace_days: int = strawberry.field(
        description="For this number of days after the last day of a subscription, holders keep their seats."
    )


@shows(CompanySubscriptionRow)
class CompanySubscription:
    """A subscription of a company, as the vendor's staff sees it: not who holds its seats."""

    id: strawberry.ID = strawberry.field(description="The id of the subscription.")
    product: ProductRef = expose(products.product, ProductRef)
    status: SubscriptionStatus = expose(company_sales.status, SubscriptionStatus)
    seats: int = strawberry.field(description="The number of its seats. A seat that was given up does not count.")
    starts_on: date = strawberry.field(description="The first day (UTC) of its first term.")
    ends_on: date = strawberry.field(description="The last day (UTC) of its last term.")
    auto_renew: bool = strawberry.field(description="Whether it renews itself at the end of its last term.")


@shows(OrderRow)
class CompanyOrder:
    """An order of a company, as the vendor's staff sees it."""

    id: strawberry.ID = strawberry.field(description="The id of the order.")
    number: str = expose(orders.number, str)
    kind: OrderKind = strawberry.field(description="Why the order was placed.")
    ordered_on: date = strawberry.field(description="The day (UTC) of the order.")
    total: MoneyRef = expose(orders.total, MoneyRef)


@shows(InvoiceRow)
class CompanyInvoice:
    """An invoice of a company, as the vendor's staff sees it."""

    id: strawberry.ID = strawberry.field(description="The id of the invoice.")
    number: str = expose(invoices.number, str)
    status: InvoiceStatus = expose(invoices.status, InvoiceStatus)
    issued_on: date = strawberry.field(description="The day (UTC) of the invoice.")
    due_on: date = strawberry.field(description="The last day (UTC) on which it can be paid in time.")
    total: MoneyRef = expose(invoices.total, MoneyRef)
    paid: MoneyRef = expose(invoices.paid, MoneyRef)
    credited: MoneyRef = expose(invoices.credited, MoneyRef)
    owed: MoneyRef = expose(invoices.owed, MoneyRef)


@shows(CompanyRow)
class Company:
    """A company that buys, as the vendor's staff sees it: what was sold to it, and none of its people."""

    id: strawberry.ID = strawberry.field(description="The id of its team.")
    name: str = strawberry.field(description="The name of its team.")
    contracts: Connection[CompanyContract] = expose(company_sales.contracts, Connection[CompanyContract])
    subscriptions: Connection[CompanySubscription] = expose(
        company_sales.subscriptions, Connection[CompanySubscription]
    )
    orders: Connection[CompanyOrder] = expose(company_sales.orders, Connection[CompanyOrder])
    invoices: Connection[CompanyInvoice] = expose(
        company_sales.invoices,
        Connection[CompanyInvoice],
        status="Only the invoices with this status today (UTC); null for all of them.",
    )


all_companies = expose(
    company_sales.all_companies,
    Connection[Company] | None,
    search="Only the companies with all these words in their names, each anywhere; or those of the contract, the order "
    "or the invoice with this number, such as C-000123, O-000123 or INV-000123.",
)
company_by_id = expose(company_sales.company, Company | None, id="The id of the company's team.")
