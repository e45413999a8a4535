"""The seats that a member of a team holds there, and what the team has of which the member holds no seat."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Exists, exists, select, true

from db.catalogue.products import PRODUCTS
from db.core.paging import Definition, Rows, listing
from db.core.reach import any_of, within
from db.core.rows import with_parent
from db.core.statements import RowQuery
from db.seats.pools import POOLS, active, counted
from db.seats.seats import SEATS, SeatRow
from db.tables.catalogue import Product
from db.tables.people import Membership
from db.tables.seats import Seat, Subscription
from domain.reach import Reach


@listing
def held(reach: Reach) -> Definition[SeatRow]:
    """The seats within `reach` that a member holds in their team, in the order of their ids."""

    def rows(member_id: ColumnElement[str]) -> Rows:
        of_member = (Membership.team_id == Seat.team_id) & (Membership.user_id == Seat.holder_id)
        query = select().select_from(Seat).join(Membership, of_member)
        return query.where(Membership.id == member_id, within(reach, Seat.team_id, Seat.holder_id))

    return Definition(rows, [Seat.id.expression], SEATS)


def _unheld(reach: Reach, member_ids: Sequence[str]) -> Rows:
    # The pools of a team are counted once, however many of its members are in the list.
    teams = select(Membership.team_id).where(Membership.id == any_of(member_ids))
    pools = POOLS.apply_to(
        select()
        .select_from(Seat)
        .join(Subscription, (Subscription.team_id == Seat.team_id) & (Subscription.id == Seat.subscription_id))
        .where(Seat.team_id.in_(teams), counted(), within(reach, Seat.team_id))
        .group_by(Seat.team_id, Seat.product_id)
    ).cte()  # without a name, because a fused statement may contain it twice
    return (
        select(Membership.id.label("parent_id"), *pools.c)
        .join(pools, pools.c.team_id == Membership.team_id)
        .join(Product, Product.id == pools.c.product_id)
        .where(Membership.id == any_of(member_ids), ~_held(pools.c.product_id))
        .order_by(Product.name_key, Product.id)
    )


def _requestable(reach: Reach, member_ids: Sequence[str]) -> Rows:
    subscribed = (Subscription.team_id == Seat.team_id) & (Subscription.id == Seat.subscription_id)
    pooled = (
        select(Seat.id)
        .join(Subscription, subscribed)
        .where(Seat.team_id == Membership.team_id, Seat.product_id == Product.id, active())
        .exists()
    )
    return (
        select()
        .select_from(Membership)
        .join(Product, true())
        .where(
            Membership.id == any_of(member_ids),
            within(reach, Membership.team_id, Membership.user_id),
            pooled,
            ~_held(Product.id.expression),
        )
        .order_by(Product.name_key, Product.id)
    )


def _held(product_id: ColumnElement[str]) -> Exists:
    """The condition that a member holds a seat of a product."""
    return exists().where(
        Seat.team_id == Membership.team_id,
        Seat.product_id == product_id,
        Seat.holder_id == Membership.user_id,
    )


UNHELD = RowQuery(with_parent(Membership.id, POOLS), _unheld)
"""Finds the pools within a reach of which each member holds no seat, by member id, in the order of product names."""
REQUESTABLE = RowQuery(with_parent(Membership.id, PRODUCTS), _requestable)
"""Finds the products of which each member within a reach holds no seat and their team has some, by member id."""
