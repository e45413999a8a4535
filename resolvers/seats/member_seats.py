"""The seats that a member holds in the team, and the pools of which they hold none."""

import asyncio
from collections.abc import Mapping, Sequence

from db.core.paging import Listing
from db.people.members import MemberRow
from db.seats import member_seats as holdings
from db.seats.pools import PoolRow
from db.seats.seats import SeatRow
from domain.actions import Action
from domain.paging import DEFAULT_SIZE
from policies import facts
from resolvers.core.context import Context, Info
from resolvers.core.fields import loaded_by
from resolvers.core.loaders import Loading
from resolvers.core.mutations import performs
from resolvers.core.relay import ConnectionRow, listing


@performs(Action.SEATS_READ)
@loaded_by("id")
def member_seats(
    context: Context, first: int = DEFAULT_SIZE, after: str | None = None
) -> Loading[ConnectionRow[SeatRow]]:
    """The seats that this person holds in the team; only those that you may see."""
    return listing(context, _held, first, after)


@performs(Action.POOLS_READ)
def unassigned_products(root: MemberRow, info: Info) -> "asyncio.Future[list[PoolRow] | None]":
    """The team's pools of which this person holds no seat, in the order of the product names.

    FORBIDDEN for a plain user.
    """
    info.context.require(Action.POOLS_READ, facts.team(info.context.actor, root.team_id))
    return info.context.load(_unheld, root.id)


def _held(context: Context) -> Listing[SeatRow]:
    return holdings.held(context.reach(Action.SEATS_READ))


async def _unheld(context: Context, ids: Sequence[str]) -> Mapping[str, list[PoolRow]]:
    reach = context.reach(Action.POOLS_READ)
    async with context.reading() as connection:
        found = await holdings.unheld(connection, reach, ids)
    return {id_: found.get(id_, []) for id_ in ids}
