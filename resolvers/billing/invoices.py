"""The fields of an invoice, the invoices of a team, and what a team spent by month."""

from datetime import date

from db.billing import invoices
from db.billing.invoices import CREDIT_NOTES, PAYMENTS, SPEND, CreditNoteRow, InvoiceRow, PaymentRow, SpendRow
from db.core.paging import Listing
from db.core.rows import PARENT
from domain.actions import Action
from domain.money import Money
from domain.orders import InvoiceStatus, invoice_status
from domain.paging import Paging
from domain.subjects import Actor
from domain.terms import add_months
from policies import facts
from policies.engine.policy import Policy
from resolvers.core.context import Context, Info
from resolvers.core.fields import loaded_by, paged
from resolvers.core.loaders import Loading
from resolvers.core.mutations import performs
from resolvers.core.node_kinds import Abilities, NodeKind
from resolvers.core.relations import Relation, many, one, within
from resolvers.core.relay import ConnectionRow, listing

SPEND_MONTHS = 12


@performs(Action.ORDERS_READ)
@loaded_by("id", action=Action.ORDERS_READ, team="id")
@paged
def team_invoices(
    context: Context, status: InvoiceStatus | None = None, *, paging: Paging
) -> Loading[ConnectionRow[InvoiceRow]]:
    """The invoices under the contracts of which this is the home team, the newest first.

    FORBIDDEN unless you are a contract manager of the team.
    """
    return listing(context, _of_team, paging, status, context.today)


@performs(Action.ORDERS_READ)
@loaded_by("id", action=Action.ORDERS_READ, team="id")
def team_spend(context: Context) -> Loading[list[SpendRow]]:
    """What was invoiced in each of the last 12 months, this one included, less credit notes; the oldest first.

    A month without an invoice is left out. FORBIDDEN unless you are a contract manager of the team.
    """
    first = add_months(context.today.replace(day=1), 1 - SPEND_MONTHS)
    return context.loading(_SPEND, first)


def number(root: InvoiceRow) -> str:
    """The number of the invoice, such as INV-000123. Invoices are numbered without gaps."""
    return f"INV-{root.number:06d}"


def status(root: InvoiceRow, info: Info) -> InvoiceStatus:
    """Whether the invoice is paid today (UTC)."""
    return invoice_status(root.owed, root.due_on, info.context.today)


def subtotal(root: InvoiceRow) -> Money:
    """The sum of the lines of the order, without tax."""
    return Money(root.subtotal, root.currency)


def tax(root: InvoiceRow) -> Money:
    """The tax on the subtotal, half up, rounded once."""
    return Money(root.tax, root.currency)


def total(root: InvoiceRow) -> Money:
    """The subtotal and the tax."""
    return Money(root.total, root.currency)


def paid(root: InvoiceRow) -> Money:
    """What was paid."""
    return Money(root.paid, root.currency)


def credited(root: InvoiceRow) -> Money:
    """What credit notes took off."""
    return Money(root.credited, root.currency)


def owed(root: InvoiceRow) -> Money:
    """What is still to be paid."""
    return Money(root.owed, root.currency)


@performs(Action.ORDERS_READ)
@loaded_by("id")
def payments(context: Context) -> Loading[list[PaymentRow]]:
    """The payments that were received, in the order in which they were recorded."""
    return context.loading(_PAYMENTS)


@performs(Action.ORDERS_READ)
@loaded_by("id")
def credit_notes(context: Context) -> Loading[list[CreditNoteRow]]:
    """The credit notes that correct the invoice, the oldest first."""
    return context.loading(_CREDIT_NOTES)


def credit_note_number(root: CreditNoteRow) -> str:
    """The number of the credit note, such as CN-000123. Credit notes are numbered without gaps."""
    return f"CN-{root.number:06d}"


def amount(root: PaymentRow | CreditNoteRow | SpendRow) -> Money:
    """The amount."""
    return Money(root.amount, root.currency)


def _of_team(context: Context, status: InvoiceStatus | None, today: date) -> Listing[InvoiceRow]:
    return invoices.listed(context.reach(Action.ORDERS_READ), status, today)


def _abilities(policy: Policy, actor: Actor, row: InvoiceRow) -> Abilities:
    return {Action.ORDERS_READ: policy.explain(actor, Action.ORDERS_READ, facts.team(actor, row.team_id))}


_PAYMENTS = many(invoices.PAYMENTS_BY_INVOICE, PAYMENTS, Action.ORDERS_READ)
_CREDIT_NOTES = many(invoices.CREDIT_NOTES_BY_INVOICE, CREDIT_NOTES, Action.ORDERS_READ)
_SPEND = Relation(invoices.SPEND_BY_TEAM, SPEND, within(Action.ORDERS_READ), str(PARENT.name), many=True)
INVOICE = NodeKind("invoice", InvoiceRow, one(invoices.BY_IDS, Action.ORDERS_READ), _abilities, explained=True)
