"""The pools of teams: the seats of each product, counted."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select

from db.core.joined_ids import distinct, joined, part_of
from db.core.paging import Rows
from db.core.reach import any_of, within
from db.core.rows import columns_of
from db.core.statements import RowQuery
from db.tables.catalogue import Product
from db.tables.seats import Seat, Subscription
from domain.ids import POOL
from domain.reach import Reach


class PoolRow(NamedTuple):
    """The seats of one product in the subscriptions of a team, counted: `total = assigned + available`.

    `available` counts seats of active subscriptions. `assigned` also counts seats of subscriptions that have expired,
    as long as their holders keep them.
    """

    id: str
    team_id: str
    product_id: str
    total: int
    assigned: int
    available: int


POOLS = columns_of(
    PoolRow,
    Seat,
    id=joined(POOL, Seat.team_id, Seat.product_id),
    total=func.count(),
    assigned=func.count(Seat.holder_id),
    available=func.count() - func.count(Seat.holder_id),
)


def active() -> ColumnElement[bool]:
    """The condition that a seat can be used today (UTC): it is not retired, and its subscription is active."""
    return Seat.retired_at.is_(None) & func.current_date().between(Subscription.starts_on, Subscription.ends_on)


def counted() -> ColumnElement[bool]:
    """The condition that a seat is in the pool today (UTC): it can be assigned, or its holder keeps it."""
    today = func.current_date()
    kept = Seat.holder_id.is_not(None) | (today <= Subscription.ends_on)
    return today.between(Subscription.starts_on, Subscription.held_until) & Seat.retired_at.is_(None) & kept


def _pools(reach: Reach, team_ids: Sequence[str]) -> Rows:
    return (
        select()
        .select_from(Seat)
        .join(Subscription, (Subscription.team_id == Seat.team_id) & (Subscription.id == Seat.subscription_id))
        .join(Product, Product.id == Seat.product_id)
        .where(Seat.team_id == any_of(team_ids), counted(), within(reach, Seat.team_id))
        .group_by(Seat.team_id, Seat.product_id, Product.name_key)
        .order_by(Product.name_key, Seat.product_id)
    )


def _by_ids(reach: Reach, ids: Sequence[str]) -> Rows:
    named = distinct(ids)
    team_id, product_id = (part_of(named.c.id, POOL, number) for number in (1, 2))
    return (
        select()
        .select_from(named)
        .join(Seat, (Seat.team_id == team_id) & (Seat.product_id == product_id))
        .join(Subscription, (Subscription.team_id == Seat.team_id) & (Subscription.id == Seat.subscription_id))
        .where(counted(), within(reach, Seat.team_id))
        .group_by(Seat.team_id, Seat.product_id)
    )


BY_TEAM = RowQuery(POOLS, _pools)
"""Finds the pools of each team within a reach, in the order of the product names."""
BY_IDS = RowQuery(POOLS, _by_ids)
"""Finds the pools within a reach that have these ids."""
