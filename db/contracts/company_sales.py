"""The companies that buy, as the vendor's staff sees them: their contracts, orders and invoices.

They are the business of the vendor, and no person is among them. An actor who may read companies may read all of them,
so these statements take no reach.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Integer, cast, exists, func, select

from db.billing.invoices import INVOICES, InvoiceRow, status_on
from db.billing.orders import ORDERS, OrderRow
from db.contracts.contracts import CONTRACTS, ContractRow
from db.core.paging import Definition, Rows, listing
from db.core.reach import any_of
from db.core.rows import columns_of
from db.core.searches import has_words
from db.core.statements import RowQuery
from db.tables.billing import Invoice, Order
from db.tables.contracts import Contract, ContractTeam, SeatChange
from db.tables.people import Team
from db.tables.seats import Subscription
from domain.orders import InvoiceStatus


class CompanyRow(NamedTuple):
    """A company: the id and the name of its team."""

    id: str
    name: str


class CompanySubscriptionRow(NamedTuple):
    """A subscription as the vendor sold it. The attributes are as in the table, and the number of its seats."""

    id: str
    product_id: str
    starts_on: date
    ends_on: date
    grace_days: int
    auto_renew: bool
    seats: int


# The seats that are not retired are the sum of all changes.
_SEATS: ColumnElement[int] = cast(
    select(func.coalesce(func.sum(SeatChange.delta), 0))
    .where(SeatChange.team_id == Subscription.team_id, SeatChange.subscription_id == Subscription.id)
    .correlate(Subscription)
    .scalar_subquery(),
    Integer,
)
COMPANIES = columns_of(CompanyRow, Team)
SUBSCRIPTIONS = columns_of(CompanySubscriptionRow, Subscription, seats=_SEATS)


def _by_ids(ids: Sequence[str]) -> Rows:
    return select().where(Team.id == any_of(ids))


BY_IDS = RowQuery(COMPANIES, _by_ids)


@listing
def listed(search: str | None, contract: int | None, order: int | None, invoice: int | None) -> Definition[CompanyRow]:
    """All companies, the newest first.

    Only those with all words of a search (`db.core.searches.patterns`) in their names, and only those that a contract
    with this number serves, or whose order or invoice has this number; None stands for all.
    """

    def rows(_: ColumnElement[str]) -> Rows:
        query = select()
        if search is not None:
            query = query.where(has_words(func.coalesce(Team.name_fold, ""), search))
        if contract is not None:
            served = ContractTeam.contract_id == Contract.id
            query = query.where(exists().where(served, ContractTeam.team_id == Team.id, Contract.number == contract))
        if order is not None:
            query = query.where(exists().where(Order.team_id == Team.id, Order.number == order))
        if invoice is not None:
            query = query.where(exists().where(Invoice.team_id == Team.id, Invoice.number == invoice))
        return query

    return Definition(rows, [Team.id.expression], COMPANIES, descending=True)


@listing
def contracts() -> Definition[ContractRow]:
    """The contracts that serve a company, the newest first."""

    def rows(team_id: ColumnElement[str]) -> Rows:
        serving = select().select_from(ContractTeam).join(Contract, Contract.id == ContractTeam.contract_id)
        return serving.where(ContractTeam.team_id == team_id)

    return Definition(rows, [Contract.id.expression], CONTRACTS, descending=True)


@listing
def subscriptions() -> Definition[CompanySubscriptionRow]:
    """The subscriptions of a company, the newest first."""

    def rows(team_id: ColumnElement[str]) -> Rows:
        return select().where(Subscription.team_id == team_id)

    return Definition(rows, [Subscription.id.expression], SUBSCRIPTIONS, descending=True)


@listing
def orders() -> Definition[OrderRow]:
    """The orders under the contracts of a company, the newest first."""

    def rows(team_id: ColumnElement[str]) -> Rows:
        return select().where(Order.team_id == team_id)

    return Definition(rows, [Order.id.expression], ORDERS, descending=True)


@listing
def invoices(status: InvoiceStatus | None, today: date) -> Definition[InvoiceRow]:
    """The invoices of a company, the newest first; only those with this status on a day."""

    def rows(team_id: ColumnElement[str]) -> Rows:
        query = select().where(Invoice.team_id == team_id)
        return query if status is None else query.where(status_on(today) == status.value)

    return Definition(rows, [Invoice.id.expression], INVOICES, descending=True)
