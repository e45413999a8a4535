"""Read invoices, with what was paid and credited, and what was spent by month."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Date, and_, case, cast, func, select

from db.core.paging import Definition, Rows, listing
from db.core.reach import any_of, within
from db.core.rows import columns_of, with_parent
from db.core.statements import RowQuery
from db.tables.billing import CreditNote, Invoice, Payment, PaymentReversal
from domain.orders import InvoiceStatus
from domain.reach import Reach


class InvoiceRow(NamedTuple):
    """An invoice as the graph shows it. The attributes are as in the table; `customer` is the name on the paper."""

    id: str
    team_id: str
    number: int
    order_id: str
    contract_id: str
    currency: str
    issued_on: date
    due_on: date
    customer: str
    tax_rate: int
    subtotal: int
    tax: int
    total: int
    paid: int
    credited: int

    @property
    def owed(self) -> int:
        """What is still to be paid."""
        return self.total - self.paid - self.credited


class PaymentRow(NamedTuple):
    """A payment that was received, as in the table. `reversed_on` is when it came back; None if it did not."""

    id: str
    amount: int
    received_on: date
    reference: str
    reversed_on: date | None
    currency: str


class CreditNoteRow(NamedTuple):
    """A credit note. The attributes are as in the table."""

    id: str
    number: int
    amount: int
    issued_on: date
    reason: str
    currency: str


class SpendRow(NamedTuple):
    """What a home team was invoiced in a month in one currency, less credit notes. `month` is its first day."""

    month: date
    amount: int
    currency: str


INVOICES = columns_of(InvoiceRow, Invoice, customer=Invoice.customer["team"].astext)
REVERSED_ON = (
    select(PaymentReversal.reversed_on)
    .where(PaymentReversal.team_id == Payment.team_id, PaymentReversal.payment_id == Payment.id)
    .correlate(Payment)
    .scalar_subquery()
)
PAYMENTS = columns_of(PaymentRow, Payment, reversed_on=REVERSED_ON, currency=Invoice.currency.expression)
CREDIT_NOTES = columns_of(CreditNoteRow, CreditNote, currency=Invoice.currency.expression)
MONTH: ColumnElement[date] = cast(func.date_trunc("month", Invoice.issued_on), Date)
SPENT: ColumnElement[int] = cast(func.sum(Invoice.total - Invoice.credited), BigInteger)
SPEND = columns_of(SpendRow, Invoice, month=MONTH, amount=SPENT)


def status_on(today: date) -> ColumnElement[str]:
    """The status of an invoice on a day: `domain.orders.invoice_status` as an expression."""
    return case(
        (Invoice.paid + Invoice.credited >= Invoice.total, InvoiceStatus.PAID.value),
        (Invoice.due_on < today, InvoiceStatus.OVERDUE.value),
        else_=InvoiceStatus.OPEN.value,
    )


def _by_ids(reach: Reach, ids: Sequence[str]) -> Rows:
    return select().where(Invoice.id == any_of(ids), within(reach, Invoice.team_id))


def _by_order(reach: Reach, order_ids: Sequence[str]) -> Rows:
    return select().where(Invoice.order_id == any_of(order_ids), within(reach, Invoice.team_id))


def _beside(table: Any) -> Any:
    def rows(reach: Reach, invoice_ids: Sequence[str]) -> Rows:
        return (
            select()
            .select_from(Invoice)
            .join(table, and_(table.team_id == Invoice.team_id, table.invoice_id == Invoice.id))
            .where(Invoice.id == any_of(invoice_ids), within(reach, Invoice.team_id))
            .order_by(Invoice.id, table.id)
        )

    return rows


def _spend(reach: Reach, team_ids: Sequence[str], since: date) -> Rows:
    return (
        select()
        .select_from(Invoice)
        .where(Invoice.team_id == any_of(team_ids), within(reach, Invoice.team_id), Invoice.issued_on >= since)
        .group_by(Invoice.team_id, MONTH, Invoice.currency)
        .order_by(Invoice.team_id, MONTH, Invoice.currency)
    )


BY_IDS = RowQuery(INVOICES, _by_ids)
BY_ORDER = RowQuery(INVOICES, _by_order)
PAYMENTS_BY_INVOICE = RowQuery(with_parent(Invoice.id, PAYMENTS), _beside(Payment))
CREDIT_NOTES_BY_INVOICE = RowQuery(with_parent(Invoice.id, CREDIT_NOTES), _beside(CreditNote))
SPEND_BY_TEAM = RowQuery(with_parent(Invoice.team_id, SPEND), _spend)
"""Finds what each of these home teams was invoiced by month, since a day."""


@listing
def listed(reach: Reach, status: InvoiceStatus | None, today: date) -> Definition[InvoiceRow]:
    """The invoices of a home team within `reach`, the newest first; only those with this status on a day."""

    def rows(team_id: ColumnElement[str]) -> Rows:
        query = select().where(Invoice.team_id == team_id, within(reach, Invoice.team_id))
        return query if status is None else query.where(status_on(today) == status.value)

    return Definition(rows, [Invoice.id.expression], INVOICES, descending=True)
