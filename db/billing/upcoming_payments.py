"""Read what a home team has to pay soon: what is owed of invoices, and what renewals are expected to cost."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Numeric,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from db.core.paging import Rows
from db.core.reach import any_of, within
from db.core.rows import columns_of, with_parent
from db.core.statements import RowQuery
from db.tables.billing import Invoice
from db.tables.contracts import Contract, ScheduledChange, SeatChange, SubscriptionTerm
from db.tables.seats import Subscription
from db.tables.types import ID
from domain.money import WHOLE_RATE
from domain.orders import UpcomingKind
from domain.reach import Reach


class UpcomingPaymentRow(NamedTuple):
    """What is owed of an invoice, or what the renewal of a subscription is expected to cost with tax.

    `due_on` is the last day on which the invoice can be paid in time, or the day on which the next term begins. Of
    `invoice_id` and `subscription_id`, the other one is None.
    """

    kind: UpcomingKind
    due_on: date
    amount: int
    currency: str
    invoice_id: str | None
    subscription_id: str | None


def _half_up(amount: ColumnElement[Any], divisor: Any) -> ColumnElement[Any]:
    """`domain.money._half_up` as an expression: `amount` is a numeric."""
    return func.div(2 * amount + divisor, 2 * divisor, type_=Numeric())


def _numeric(number: Any) -> ColumnElement[Any]:
    return cast(number, Numeric)


OWED = Invoice.total - Invoice.paid - Invoice.credited
NO_ID = cast(null(), ID)
INVOICES = columns_of(
    UpcomingPaymentRow,
    Invoice,
    kind=literal(UpcomingKind.INVOICE.value, Text()),
    amount=OWED,
    invoice_id=Invoice.id.expression,
    subscription_id=NO_ID,
)
RENEWS_ON: ColumnElement[date] = cast(Subscription.ends_on + 1, Date)
NEXT_ENDS_ON: ColumnElement[date] = cast(RENEWS_ON + func.make_interval(0, Subscription.months), Date)
SCHEDULED_SEATS = (
    select(ScheduledChange.seats)
    .where(ScheduledChange.team_id == Subscription.team_id, ScheduledChange.subscription_id == Subscription.id)
    .where(ScheduledChange.state == "pending", ScheduledChange.effective_on <= RENEWS_ON)
    .correlate(Subscription)
    .scalar_subquery()
)
SEATS = (
    select(func.sum(SeatChange.delta))
    .where(SeatChange.team_id == Subscription.team_id, SeatChange.subscription_id == Subscription.id)
    .correlate(Subscription)
    .scalar_subquery()
)
MONTHS = SubscriptionTerm.months.expression
DAYS = SubscriptionTerm.ends_on - SubscriptionTerm.starts_on + 1
# The price of a seat for the next term, as `domain.orders.next_price` has it.
PRICE = case(
    (MONTHS.is_(None), _half_up(_numeric(SubscriptionTerm.unit_price) * (NEXT_ENDS_ON - RENEWS_ON), DAYS)),
    else_=_half_up(_numeric(SubscriptionTerm.unit_price) * Subscription.months, MONTHS),
)
SUBTOTAL = PRICE * func.coalesce(SCHEDULED_SEATS, SEATS, 0)
RENEWALS = columns_of(
    UpcomingPaymentRow,
    Subscription,
    kind=literal(UpcomingKind.RENEWAL.value, Text()),
    due_on=RENEWS_ON,
    amount=cast(SUBTOTAL + _half_up(SUBTOTAL * Contract.tax_rate, WHOLE_RATE), BigInteger),
    invoice_id=NO_ID,
    subscription_id=Subscription.id.expression,
)


def _open_invoices(reach: Reach, team_ids: Sequence[str], until: date) -> Any:
    return select(Invoice.team_id.label("parent_id"), *INVOICES).where(
        Invoice.team_id == any_of(team_ids),
        within(reach, Invoice.team_id),
        Invoice.paid + Invoice.credited < Invoice.total,
        Invoice.due_on <= until,
    )


def _renewals(reach: Reach, team_ids: Sequence[str], until: date) -> Any:
    last_term = and_(
        SubscriptionTerm.team_id == Subscription.team_id,
        SubscriptionTerm.subscription_id == Subscription.id,
        SubscriptionTerm.n == Subscription.last_term,
    )
    return (
        select(Contract.team_id.label("parent_id"), *RENEWALS)
        .select_from(Contract)
        .join(Subscription, Subscription.contract_id == Contract.id)
        .join(SubscriptionTerm, last_term)
        .where(Contract.team_id == any_of(team_ids), within(reach, Contract.team_id))
        .where(Subscription.auto_renew, Subscription.ends_on < until)
    )


def _upcoming(reach: Reach, team_ids: Sequence[str], until: date) -> Rows:
    both = union_all(_open_invoices(reach, team_ids, until), _renewals(reach, team_ids, until)).subquery("upcoming")
    first = func.coalesce(both.c.invoice_id, both.c.subscription_id)
    return select(*both.c).order_by(both.c.parent_id, both.c.due_on, first)


BY_TEAM = RowQuery(with_parent(Invoice.team_id, INVOICES), _upcoming)
"""Finds what each of these home teams has to pay until a day, what is overdue among it, the earliest first."""
