"""Read the lines of orders."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import and_, select

from db.core.paging import Rows
from db.core.reach import any_of, within
from db.core.rows import columns_of, with_parent
from db.core.statements import RowQuery
from db.tables.billing import Order, OrderLine
from db.tables.seats import Subscription
from domain.reach import Reach


class OrderLineRow(NamedTuple):
    """A line of an order. The attributes are as in the table; `team_id` is the team of the subscription."""

    n: int
    team_id: str
    subscription_id: str
    product_id: str
    quantity: int
    unit_price: int
    starts_on: date
    ends_on: date
    term_days: int
    amount: int
    tax: int
    currency: str


LINES = columns_of(
    OrderLineRow,
    OrderLine,
    team_id=OrderLine.subscription_team_id.expression,
    product_id=Subscription.product_id.expression,
    currency=Order.currency.expression,
)


def _lines(reach: Reach, order_ids: Sequence[str]) -> Rows:
    return (
        select()
        .select_from(Order)
        .join(OrderLine, and_(OrderLine.team_id == Order.team_id, OrderLine.order_id == Order.id))
        .join(
            Subscription,
            and_(Subscription.team_id == OrderLine.subscription_team_id, Subscription.id == OrderLine.subscription_id),
        )
        .where(Order.id == any_of(order_ids), within(reach, Order.team_id))
        .order_by(Order.id, OrderLine.n)
    )


BY_ORDER = RowQuery(with_parent(Order.id, LINES), _lines)
"""Finds the lines of each of these orders of home teams within a reach, in order."""
