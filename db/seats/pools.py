"""The pools of teams: the seats of each product, counted."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select

from db.core.database import Connection
from db.core.paging import Rows
from db.core.reach import any_of, within
from db.core.rows import columns_of, grouped
from db.core.statements import RowQuery
from db.tables.catalogue import Product
from db.tables.seats import Seat, Subscription
from domain.reach import Reach


class PoolRow(NamedTuple):
    """The seats of one product in the active subscriptions of a team, counted: `total = assigned + available`."""

    team_id: str
    product_id: str
    total: int
    assigned: int
    available: int


POOLS = columns_of(
    PoolRow,
    Seat,
    total=func.count(),
    assigned=func.count(Seat.holder_id),
    available=func.count() - func.count(Seat.holder_id),
)


async def by_team(connection: Connection, reach: Reach, team_ids: Sequence[str]) -> dict[str, list[PoolRow]]:
    """The pools of each team within `reach`, ordered by product name. A team without pools is not in the result."""
    return grouped((row.team_id, row) for row in await _POOLS.rows(connection, reach, list(team_ids)))


def active() -> ColumnElement[bool]:
    """The condition that a subscription is active today (UTC), so that its seats can be used."""
    return func.current_date().between(Subscription.starts_on, Subscription.ends_on)


def _pools(reach: Reach, team_ids: Sequence[str]) -> Rows:
    return (
        select()
        .select_from(Seat)
        .join(Subscription, (Subscription.team_id == Seat.team_id) & (Subscription.id == Seat.subscription_id))
        .join(Product, Product.id == Seat.product_id)
        .where(Seat.team_id == any_of(team_ids), active(), within(reach, Seat.team_id))
        .group_by(Seat.team_id, Seat.product_id, Product.name)
        .order_by(func.lower(Product.name), Seat.product_id)
    )


_POOLS = RowQuery(POOLS, _pools)
