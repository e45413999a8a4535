"""What is to be paid soon."""

from datetime import date

import strawberry

from db.billing.upcoming_payments import UpcomingPaymentRow
from domain.orders import UpcomingKind
from resolvers.billing import upcoming_payments
from resolvers.contracts import subscription_fields
from schema.core.fields import expose, publish_enum, shows
from schema.core.refs import InvoiceRef, MoneyRef, SubscriptionRef

publish_enum(UpcomingKind)


@shows(UpcomingPaymentRow)
class UpcomingPayment:
    """An invoice that is to be paid, or a renewal that is expected."""

    kind: UpcomingKind = strawberry.field(description="What is to be paid.")
    due_on: date = strawberry.field(
        description="The last day (UTC) on which the invoice can be paid in time, or the first day of the next term."
    )
    overdue: bool = expose(upcoming_payments.overdue, bool)
    amount: MoneyRef = expose(upcoming_payments.amount, MoneyRef)
    invoice: InvoiceRef | None = expose(upcoming_payments.invoice, InvoiceRef | None)
    subscription: SubscriptionRef | None = expose(subscription_fields.subscription, SubscriptionRef | None)
