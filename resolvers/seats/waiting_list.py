"""Who waits for a seat: the line of a pool, and a member's places."""

import asyncio
from collections.abc import Mapping, Sequence

from db.catalogue.products import PoolRow
from db.core.paging import Listing
from db.people.members import MemberRow
from db.seats import waiting_list
from db.seats.waiting_list import WaitRow
from domain.actions import Action
from domain.paging import DEFAULT_SIZE
from resolvers.core.context import Context, Info
from resolvers.core.fields import of_each
from resolvers.core.loaders import Loading
from resolvers.core.mutations import performs
from resolvers.core.relay import ConnectionRow, listing
from resolvers.people.members import MEMBER


@performs(Action.SEATS_READ)
def pool_waits(
    root: PoolRow, info: Info, first: int = DEFAULT_SIZE, after: str | None = None
) -> "asyncio.Future[ConnectionRow[WaitRow] | None]":
    """Who waits for a seat of the pool, in the order in which they get one."""
    return listing(info.context, _line, first, after).load(waiting_list.pool_key(root.team_id, root.product_id))


@performs(Action.SEATS_READ)
@of_each("id")
def member_waits(context: Context) -> Loading[list[WaitRow]]:
    """The seats this person waits for, the longest wait first; as far as you may see."""
    return context.loading(_of_members)


@performs(Action.MEMBERS_READ)
@of_each("member_id")
def member(context: Context) -> Loading[MemberRow]:
    """Who waits; null where you may not see who."""
    return context.loading(MEMBER.find)


def _line(context: Context) -> Listing[WaitRow]:
    return waiting_list.listed(context.reach(Action.SEATS_READ))


async def _of_members(context: Context, ids: Sequence[str]) -> Mapping[str, list[WaitRow]]:
    reach = context.reach(Action.SEATS_READ)
    async with context.reading() as connection:
        found = await waiting_list.of_members(connection, reach, ids)
    return {id_: found.get(id_, []) for id_ in ids}
