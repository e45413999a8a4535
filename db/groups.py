"""Groups of a team's members."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.paging import Definition, Rows, listing
from db.prepared import Prepared
from db.reach import any_of, within
from db.tables import Group, GroupMember, Membership
from domain.reach import Reach


class GroupRow(NamedTuple):
    """A group as the graph shows it."""

    id: str
    team_id: str
    name: str


COLUMNS = (Group.id, Group.team_id, Group.name)
BY_NAME = [func.lower(Group.name), Group.id.expression]


async def by_ids(connection: AsyncConnection, reach: Reach, ids: Sequence[str]) -> dict[str, GroupRow]:
    """Groups by id, those within `reach`."""
    return {row[0]: GroupRow._make(row) for row in await _BY_IDS.rows(connection, reach, list(ids))}


@listing
def listed(reach: Reach) -> Definition[GroupRow]:
    """A team's groups within `reach`, by name."""

    def rows(team_id: ColumnElement[str]) -> Rows:
        return select(*COLUMNS).where(Group.team_id == team_id, within(reach, Group.team_id))

    return Definition(rows, BY_NAME, GroupRow._make)


@listing
def of_member(reach: Reach) -> Definition[GroupRow]:
    """The groups within `reach` that a member is in, by name."""

    def rows(member_id: ColumnElement[str]) -> Rows:
        return (
            select(*COLUMNS)
            .join(GroupMember, (GroupMember.team_id == Group.team_id) & (GroupMember.group_id == Group.id))
            .join(
                Membership,
                (Membership.team_id == GroupMember.team_id) & (Membership.user_id == GroupMember.user_id),
            )
            .where(Membership.id == member_id, within(reach, Group.team_id))
        )

    return Definition(rows, BY_NAME, GroupRow._make)


def _by_ids(reach: Reach, ids: Sequence[str]) -> Rows:
    return select(*COLUMNS).where(Group.id == any_of(ids), within(reach, Group.team_id))


_BY_IDS = Prepared(_by_ids)
