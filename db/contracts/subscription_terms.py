"""Read the terms of subscriptions, and their prices, which only the home team's contract managers see."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import aliased

from db.core.paging import Rows
from db.core.reach import any_of, within
from db.core.rows import columns_of, with_parent
from db.core.statements import RowQuery
from db.tables.contracts import Contract, SubscriptionTerm
from db.tables.seats import Subscription
from domain.money import Money
from domain.reach import Reach


class TermRow(NamedTuple):
    """A term of a subscription. The attributes are as in the table.

    `price` is that of a seat, with its currency; it is None if the actor may not see it.
    """

    n: int
    starts_on: date
    ends_on: date
    months: int | None
    price: int | None
    currency: str


TERMS = columns_of(
    TermRow, SubscriptionTerm, price=SubscriptionTerm.unit_price.expression, currency=Subscription.currency.expression
)
PRICES = columns_of(
    Money, SubscriptionTerm, amount=SubscriptionTerm.unit_price.expression, currency=Subscription.currency.expression
)
OF_SUBSCRIPTION: ColumnElement[bool] = and_(
    SubscriptionTerm.team_id == Subscription.team_id, SubscriptionTerm.subscription_id == Subscription.id
)
OF_CONTRACT: ColumnElement[bool] = Contract.id == Subscription.contract_id


def _terms(reach: Reach, prices: Reach, subscription_ids: Sequence[str]) -> Rows:
    """The terms of subscriptions within `reach`; prices of contracts whose home team is within `prices`."""
    price = case((within(prices, Contract.team_id), SubscriptionTerm.unit_price))
    return (
        select(
            Subscription.id.label("parent_id"),
            SubscriptionTerm.n,
            SubscriptionTerm.starts_on,
            SubscriptionTerm.ends_on,
            SubscriptionTerm.months,
            price.label("price"),
            Subscription.currency.label("currency"),
        )
        .select_from(Subscription)
        .join(SubscriptionTerm, OF_SUBSCRIPTION)
        .join(Contract, OF_CONTRACT)
        .where(Subscription.id == any_of(subscription_ids), within(reach, Subscription.team_id))
        .order_by(Subscription.id, SubscriptionTerm.n)
    )


def _prices(prices: Reach, subscription_ids: Sequence[str], today: date) -> Rows:
    begun = aliased(SubscriptionTerm)
    last_begun = (
        select(func.coalesce(func.max(begun.n), 1))
        .where(begun.team_id == Subscription.team_id, begun.subscription_id == Subscription.id)
        .where(begun.starts_on <= today)
        .correlate(Subscription)
        .scalar_subquery()
    )
    return (
        select()
        .select_from(Subscription)
        .join(SubscriptionTerm, and_(OF_SUBSCRIPTION, SubscriptionTerm.n == last_begun))
        .join(Contract, OF_CONTRACT)
        .where(Subscription.id == any_of(subscription_ids), within(prices, Contract.team_id))
    )


TERMS_BY_SUBSCRIPTION = RowQuery(with_parent(Subscription.id, TERMS), _terms)
"""Finds the terms of each of these subscriptions within a reach, by subscription id, the first one first."""
PRICE_BY_SUBSCRIPTION = RowQuery(with_parent(Subscription.id, PRICES), _prices)
"""Finds the price of a seat in the present term, by subscription id: the last one that has begun, else the first."""
