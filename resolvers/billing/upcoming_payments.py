"""What a team has to pay soon: open invoices and expected renewals."""

from datetime import timedelta

from db.billing import upcoming_payments
from db.billing.invoices import InvoiceRow
from db.billing.upcoming_payments import INVOICES, UpcomingPaymentRow
from db.core.rows import PARENT
from domain.actions import Action
from domain.money import Money
from domain.orders import UPCOMING_DAYS, UpcomingKind
from resolvers.billing.invoices import INVOICE
from resolvers.core.context import Context, Info
from resolvers.core.fields import loaded_by
from resolvers.core.loaders import Loading
from resolvers.core.mutations import performs
from resolvers.core.relations import Relation, within


@performs(Action.ORDERS_READ)
@loaded_by("id", action=Action.ORDERS_READ, team="id")
def team_upcoming_payments(context: Context) -> Loading[list[UpcomingPaymentRow]]:
    """What is to be paid within 90 days under the contracts of which this is the home team, the earliest first.

    So what is overdue comes first. A renewal is estimated with today's price, seats and tax rate; the amount
    can be 0. FORBIDDEN unless you are a contract manager of the team.
    """
    return context.loading(_UPCOMING, context.today + timedelta(UPCOMING_DAYS))


def amount(root: UpcomingPaymentRow) -> Money:
    """What is still owed of the invoice, or what the renewal is expected to cost, with tax."""
    return Money(root.amount, root.currency)


def overdue(root: UpcomingPaymentRow, info: Info) -> bool:
    """Whether it is an invoice whose due day has passed (UTC)."""
    return root.kind is UpcomingKind.INVOICE and root.due_on < info.context.today


@performs(Action.ORDERS_READ)
@loaded_by("invoice_id")
def invoice(context: Context) -> Loading[InvoiceRow]:
    """The invoice; null for a renewal."""
    return context.loading(INVOICE.find)


_UPCOMING = Relation(upcoming_payments.BY_TEAM, INVOICES, within(Action.ORDERS_READ), str(PARENT.name), many=True)
