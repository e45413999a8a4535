"""Invoices, payments and credit notes, and what was spent by month."""

from datetime import date

import strawberry

from db.billing.invoices import CreditNoteRow, InvoiceRow, PaymentRow, SpendRow
from domain.orders import InvoiceStatus
from resolvers.billing import invoices, orders
from schema.core.fields import expose, publish_enum, shows
from schema.core.nodes import Node
from schema.core.refs import MoneyRef, OrderRef

publish_enum(InvoiceStatus)


@shows(PaymentRow)
class Payment:
    """A payment of an invoice that was received."""

    id: strawberry.ID = strawberry.field(description="The id of the payment. It is not an id for `node(id:)`.")
    amount: MoneyRef = expose(invoices.amount, MoneyRef)
    received_on: date = strawberry.field(description="The day on which the money came.")
    reference: str = strawberry.field(description="The reference of the transfer. No two payments have the same.")
    reversed_on: date | None = strawberry.field(
        description="The day (UTC) on which it was noted that the payment came back. Null if it did not, and counts."
    )


@shows(CreditNoteRow)
class CreditNote:
    """A correction of an invoice: this amount of it is not owed."""

    id: strawberry.ID = strawberry.field(description="The id of the credit note. It is not an id for `node(id:)`.")
    number: str = expose(invoices.credit_note_number, str)
    amount: MoneyRef = expose(invoices.amount, MoneyRef)
    issued_on: date = strawberry.field(description="The day (UTC) of the credit note.")
    reason: str = strawberry.field(description="Why the invoice is corrected.")


@shows(SpendRow)
class MonthlySpend:
    """What was invoiced in a month in one currency, less credit notes."""

    month: date = strawberry.field(description="The first day of the month.")
    amount: MoneyRef = expose(invoices.amount, MoneyRef)


@shows(InvoiceRow)
class Invoice(Node):
    """The invoice of an order. It is never changed; a credit note corrects it."""

    number: str = expose(invoices.number, str)
    status: InvoiceStatus = expose(invoices.status, InvoiceStatus)
    order: OrderRef | None = expose(orders.order, OrderRef | None)
    customer: str = strawberry.field(description="The name of the home team when the invoice was issued.")
    issued_on: date = strawberry.field(description="The day (UTC) of the invoice.")
    due_on: date = strawberry.field(description="The last day (UTC) on which it can be paid in time.")
    tax_rate: int = strawberry.field(description="The tax rate in hundredths of a percent: 1,900 are 19 %.")
    subtotal: MoneyRef = expose(invoices.subtotal, MoneyRef)
    tax: MoneyRef = expose(invoices.tax, MoneyRef)
    total: MoneyRef = expose(invoices.total, MoneyRef)
    paid: MoneyRef = expose(invoices.paid, MoneyRef)
    credited: MoneyRef = expose(invoices.credited, MoneyRef)
    owed: MoneyRef = expose(invoices.owed, MoneyRef)
    payments: list[Payment] = expose(invoices.payments, list[Payment])
    credit_notes: list[CreditNote] = expose(invoices.credit_notes, list[CreditNote])
