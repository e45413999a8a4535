"""Groups of a team's members."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.reach import any_of, within
from db.tables import Group
from domain.reach import Reach


class GroupRow(NamedTuple):
    """A group as the graph shows it."""

    id: str
    team_id: str
    name: str


async def by_ids(connection: AsyncConnection, reach: Reach, ids: Sequence[str]) -> dict[str, GroupRow]:
    """Groups by id, those within `reach`."""
    query = select(Group.id, Group.team_id, Group.name).where(Group.id == any_of(ids), within(reach, Group.team_id))
    return {row.id: GroupRow._make(row) for row in await connection.execute(query)}
