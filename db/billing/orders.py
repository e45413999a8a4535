"""Read orders, and place them with their lines and invoices."""

from collections.abc import Sequence
from datetime import date, timedelta
from types import NoneType
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    ColumnElement,
    Date,
    Integer,
    bindparam,
    cast,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from db.core import ids
from db.core.connection import Connection
from db.core.paging import Definition, Rows, listing
from db.core.reach import any_of, within
from db.core.rows import by_id, columns_of
from db.core.statements import RowQuery, Statement
from db.tables.billing import Order, OrderLine
from db.tables.types import ID
from domain import money
from domain.orders import PAYMENT_DAYS, OrderKind
from domain.reach import Reach


class OrderRow(NamedTuple):
    """An order as the graph shows it. The attributes are as in the table, and the sums of its lines."""

    id: str
    team_id: str
    number: int
    contract_id: str
    currency: str
    kind: OrderKind
    ordered_on: date
    ordered_by: str
    subtotal: int
    tax: int


class BilledContract(NamedTuple):
    """A contract as its orders and invoices need it. `team_id` is its home team, and `customer` the name of that."""

    team_id: str
    id: str
    currency: str
    tax_rate: int
    customer: str


class NewLine(NamedTuple):
    """A line to order: seats of a term of a subscription of the team `team_id`, from one day to another.

    `unit_price` is the price of a seat for the whole term, which has `term_days`. The quantity is negative only if
    seats moved away.
    """

    team_id: str
    subscription_id: str
    term_n: int
    quantity: int
    unit_price: int
    starts_on: date
    ends_on: date
    term_days: int

    @property
    def amount(self) -> int:
        """What the line costs, in minor units: prorated by day, and rounded once."""
        days = (self.ends_on - self.starts_on).days + 1
        return money.prorated(self.unit_price, self.quantity, days, self.term_days)


class PlacedOrder(NamedTuple):
    """An order that was placed, and its invoice; an order that costs nothing has none."""

    id: str
    invoice_id: str | None
    total: int


BILLED = Statement(
    "billed_contract",
    BilledContract,
    text("""
select c.team_id, c.id, c.currency, c.tax_rate, t.name as customer
from contracts c join teams t on t.id = c.team_id
where c.id = :contract_id
"""),
)
LISTS: tuple[BindParameter[Any], ...] = (
    *(bindparam(name, type_=ARRAY(ID)) for name in ("team_ids", "subscription_ids")),
    *(bindparam(name, type_=ARRAY(Integer)) for name in ("term_ns", "quantities", "term_days")),
    *(bindparam(name, type_=ARRAY(BigInteger)) for name in ("unit_prices", "amounts", "taxes")),
    *(bindparam(name, type_=ARRAY(Date)) for name in ("starts", "ends")),
)
PLACE = Statement(
    "place_order",
    NoneType,
    text("""
with ordered as (
    insert into orders (team_id, id, contract_id, currency, kind, ordered_on, ordered_by)
    values (:team_id, :id, :contract_id, :currency, :kind, :ordered_on, :by)
    returning team_id, id, kind
)
insert into order_lines
    (team_id, order_id, n, kind, subscription_team_id, subscription_id, term_n, quantity, unit_price, starts_on,
     ends_on, term_days, amount, tax)
select ordered.team_id, ordered.id, line.n, ordered.kind, line.team_id, line.subscription_id, line.term_n,
       line.quantity, line.unit_price, line.starts_on, line.ends_on, line.term_days, line.amount, line.tax
from ordered, unnest(:team_ids, :subscription_ids, :term_ns, :quantities, :unit_prices, :starts, :ends, :term_days,
                     :amounts, :taxes) with ordinality as line
    (team_id, subscription_id, term_n, quantity, unit_price, starts_on, ends_on, term_days, amount, tax, n)
""").bindparams(*LISTS),
)
# The counter is locked until the transaction ends, so numbers have no gaps. It is the last lock that is taken.
INVOICE = Statement(
    "issue_invoice",
    NoneType,
    text("""
with counted as (
    insert into document_counters (kind, last_number) values ('invoice', 1)
    on conflict (kind) do update set last_number = document_counters.last_number + 1
    returning last_number
)
insert into invoices
    (team_id, id, number, order_id, contract_id, currency, issued_on, due_on, customer, tax_rate, subtotal, tax, total)
select :team_id, :id, counted.last_number, :order_id, :contract_id, :currency, :issued_on, :due_on, :customer,
       :tax_rate, :subtotal, :tax, :total
from counted
""").bindparams(bindparam("customer", type_=JSONB)),
)


def _sum(column: Any) -> Any:
    of_order = (OrderLine.team_id == Order.team_id) & (OrderLine.order_id == Order.id)
    total = cast(func.sum(column), BigInteger)
    return select(func.coalesce(total, 0)).where(of_order).correlate(Order).scalar_subquery()


ORDERS = columns_of(OrderRow, Order, subtotal=_sum(OrderLine.amount), tax=_sum(OrderLine.tax))


def _by_ids(reach: Reach, ids: Sequence[str]) -> Rows:
    return select().where(Order.id == any_of(ids), within(reach, Order.team_id))


BY_IDS = RowQuery(ORDERS, _by_ids)


@listing
def listed(reach: Reach) -> Definition[OrderRow]:
    """The orders of a home team within `reach`, the newest first."""

    def rows(team_id: ColumnElement[str]) -> Rows:
        return select().where(Order.team_id == team_id, within(reach, Order.team_id))

    return Definition(rows, [Order.id.expression], ORDERS, descending=True)


@listing
def of_contract(reach: Reach) -> Definition[OrderRow]:
    """The orders of a contract within `reach`, the newest first."""

    def rows(contract_id: ColumnElement[str]) -> Rows:
        return select().where(Order.contract_id == contract_id, within(reach, Order.team_id))

    return Definition(rows, [Order.id.expression], ORDERS, descending=True)


async def by_ids(connection: Connection, reach: Reach, ids: Sequence[str]) -> dict[str, OrderRow]:
    """The orders with these ids of home teams within `reach`, by id."""
    return by_id(await BY_IDS.rows(connection, reach, list(ids)))


async def billed(connection: Connection, contract_id: str) -> BilledContract | None:
    """The contract with this id, as orders need it; None if there is none."""
    return await BILLED.row(connection, contract_id=contract_id)


async def place(
    connection: Connection, contract: BilledContract, kind: OrderKind, on: date, by: str, lines: Sequence[NewLine]
) -> PlacedOrder:
    """Place an order on a day, and issue its invoice if it costs something. All lines are of one kind.

    Call it as the last statement of a change: it locks the counter of all invoices. The terms must exist.
    """
    amounts = [line.amount for line in lines]
    subtotal = sum(amounts)
    tax = money.tax(subtotal, contract.tax_rate)
    order_id = ids.new("order")
    values = {"team_id": contract.team_id, "contract_id": contract.id, "currency": contract.currency}
    columns = zip(*lines, strict=True)
    names = ("team_ids", "subscription_ids", "term_ns", "quantities", "unit_prices", "starts", "ends", "term_days")
    lists = {name: list(column) for name, column in zip(names, columns, strict=True)}
    parts = {"amounts": amounts, "taxes": money.spread(tax, amounts)}
    await PLACE.run(connection, **values, id=order_id, kind=kind.value, ordered_on=on, by=by, **lists, **parts)
    if subtotal == 0:
        return PlacedOrder(order_id, None, 0)
    invoice_id, due_on = ids.new("invoice"), on + timedelta(PAYMENT_DAYS)
    sums = {"tax_rate": contract.tax_rate, "subtotal": subtotal, "tax": tax, "total": subtotal + tax}
    customer = {"team": contract.customer}
    days = {"issued_on": on, "due_on": due_on}
    await INVOICE.run(connection, **values, id=invoice_id, order_id=order_id, **days, customer=customer, **sums)
    return PlacedOrder(order_id, invoice_id, subtotal + tax)
