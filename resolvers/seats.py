"""Seats: what is shown of one."""

import asyncio
from collections.abc import Mapping, Sequence

from db import seats
from db.groups import GroupRow
from db.seats import SeatRow, SourceRow
from db.teams import TeamRow
from db.users import UserRow
from domain.actions import Action
from resolvers.changes import performs
from resolvers.context import Context, Info
from resolvers.nodes import by_id


def team(root: SeatRow, info: Info) -> "asyncio.Future[TeamRow | None]":
    """The team that owns the seat."""
    return info.context.load(by_id, root.team_id, "team")


@performs(Action.MEMBERS_READ)
def holder(root: SeatRow, info: Info) -> "asyncio.Future[UserRow | None] | None":
    """Who holds the seat; null while it is available, and where you may not see who."""
    return None if root.holder_id is None else info.context.load(by_id, root.holder_id, "user")


@performs(Action.SEATS_READ)
def sources(root: SeatRow, info: Info) -> "asyncio.Future[list[SourceRow] | None]":
    """Why it is held, the oldest reason first; none while it is available."""
    return info.context.load(_sources, root.id)


@performs(Action.GROUPS_READ)
def group(root: SourceRow, info: Info) -> "asyncio.Future[GroupRow | None] | None":
    """The group that gives the seat; null for other kinds, and where you may not see groups."""
    return None if root.group_id is None else info.context.load(by_id, root.group_id, "group")


async def _sources(context: Context, seat_ids: Sequence[str]) -> Mapping[str, list[SourceRow]]:
    reach = context.reach(Action.SEATS_READ)
    async with context.reading() as connection:
        sources = await seats.sources(connection, reach, seat_ids)
    return {id_: sources.get(id_, []) for id_ in seat_ids}
