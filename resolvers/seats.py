"""Seats: what is shown of one."""

from collections.abc import Mapping, Sequence

from db import seats
from db.groups import GroupRow
from db.seats import SourceRow
from db.teams import TeamRow
from db.users import UserRow
from domain.actions import Action
from resolvers.batched import of_each
from resolvers.changes import performs
from resolvers.context import Context
from resolvers.loading import Loading
from resolvers.nodes import by_id


@of_each("team_id")
def team(context: Context) -> Loading[TeamRow]:
    """The team that owns the seat."""
    return context.loading(by_id, "team")


@performs(Action.MEMBERS_READ)
@of_each("holder_id")
def holder(context: Context) -> Loading[UserRow]:
    """Who holds the seat; null while it is available, and where you may not see who."""
    return context.loading(by_id, "user")


@performs(Action.SEATS_READ)
@of_each("id")
def sources(context: Context) -> Loading[list[SourceRow]]:
    """Why it is held, the oldest reason first; none while it is available."""
    return context.loading(_sources)


@performs(Action.GROUPS_READ)
@of_each("group_id")
def group(context: Context) -> Loading[GroupRow]:
    """The group that gives the seat; null for other kinds, and where you may not see groups."""
    return context.loading(by_id, "group")


async def _sources(context: Context, seat_ids: Sequence[str]) -> Mapping[str, list[SourceRow]]:
    reach = context.reach(Action.SEATS_READ)
    async with context.reading() as connection:
        sources = await seats.sources(connection, reach, seat_ids)
    return {id_: sources.get(id_, []) for id_ in seat_ids}
