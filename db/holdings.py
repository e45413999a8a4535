"""What a member of a team holds there, and what the team has that they do not hold."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.paging import Definition, Rows, listing
from db.prepared import Prepared
from db.products import PoolRow, active
from db.reach import any_of, within
from db.seats import COLUMNS, MAKE, SeatRow
from db.tables import Membership, Product, Seat, Subscription
from domain.reach import Reach


@listing
def held(reach: Reach) -> Definition[SeatRow]:
    """The seats within `reach` that a member holds in the team."""

    def rows(member_id: ColumnElement[str]) -> Rows:
        of_member = (Membership.team_id == Seat.team_id) & (Membership.user_id == Seat.holder_id)
        query = select(*COLUMNS).join(Membership, of_member)
        return query.where(Membership.id == member_id, within(reach, Seat.team_id, Seat.holder_id))

    return Definition(rows, [Seat.id.expression], MAKE)


async def unheld(connection: AsyncConnection, reach: Reach, member_ids: Sequence[str]) -> dict[str, list[PoolRow]]:
    """The pools within `reach` of which each member holds no seat, by the name of the product."""
    found: dict[str, list[PoolRow]] = {}
    for member_id, *pool in await _UNHELD.rows(connection, reach, list(member_ids)):
        found.setdefault(member_id, []).append(PoolRow._make(pool))
    return found


def _unheld(reach: Reach, member_ids: Sequence[str]) -> Rows:
    # Counted once a team, whoever many of its members are asked about.
    teams = select(Membership.team_id).where(Membership.id == any_of(member_ids))
    counts = (func.count(), func.count(Seat.holder_id), func.count() - func.count(Seat.holder_id))
    pools = (
        select(
            Seat.team_id,
            Seat.product_id,
            *(count.label(name) for count, name in zip(counts, ("total", "assigned", "available"), strict=True)),
        )
        .join(Subscription, (Subscription.team_id == Seat.team_id) & (Subscription.id == Seat.subscription_id))
        .where(Seat.team_id.in_(teams), active(), within(reach, Seat.team_id))
        .group_by(Seat.team_id, Seat.product_id)
        .cte("pools")
    )
    held = exists().where(
        Seat.team_id == Membership.team_id,
        Seat.product_id == pools.c.product_id,
        Seat.holder_id == Membership.user_id,
    )
    return (
        select(Membership.id, *pools.c)
        .join(pools, pools.c.team_id == Membership.team_id)
        .join(Product, Product.id == pools.c.product_id)
        .where(Membership.id == any_of(member_ids), ~held)
        .order_by(func.lower(Product.name), Product.id)
    )


_UNHELD = Prepared(_unheld)
