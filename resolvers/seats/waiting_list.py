"""The waiting list of a pool, and the places of a member on waiting lists."""

import asyncio

from db.core.paging import Listing
from db.people.members import MemberRow
from db.seats import waits
from db.seats.pools import PoolRow
from db.seats.waits import WaitRow
from domain.actions import Action
from domain.paging import DEFAULT_SIZE
from resolvers.core.context import Context, Info
from resolvers.core.fields import loaded_by
from resolvers.core.loaders import Loading
from resolvers.core.mutations import performs
from resolvers.core.relations import Relation, within
from resolvers.core.relay import ConnectionRow, listing
from resolvers.people.members import MEMBER


@performs(Action.SEATS_READ)
def pool_waits(
    root: PoolRow, info: Info, first: int = DEFAULT_SIZE, after: str | None = None
) -> "asyncio.Future[ConnectionRow[WaitRow] | None]":
    """The waiting list of the pool: the people who wait for a seat, in the order in which they get one."""
    return listing(info.context, _waiting_list, first, after).load(waits.pool_key(root.team_id, root.product_id))


@performs(Action.SEATS_READ)
@loaded_by("id")
def member_waits(context: Context) -> Loading[list[WaitRow]]:
    """This person's places on waiting lists, the longest wait first; only those that you may see."""
    return context.loading(_OF_MEMBERS)


@performs(Action.MEMBERS_READ)
@loaded_by("member_id")
def member(context: Context) -> Loading[MemberRow]:
    """The person who waits; null if you may not see them."""
    return context.loading(MEMBER.find)


def _waiting_list(context: Context) -> Listing[WaitRow]:
    return waits.listed(context.reach(Action.SEATS_READ))


_OF_MEMBERS = Relation(waits.OF_MEMBERS, waits.WAITS, within(Action.SEATS_READ), "member_id", many=True)
