"""Groups of a team's members: reads, creates, renames and deletes them, and changes who is in them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from db.core.paging import Definition, Rows, listing
from db.core.reach import any_of, within
from db.core.rows import by_id, columns_of
from db.core.statements import RowQuery
from db.tables.groups import Group, GroupMember
from db.tables.people import Membership
from domain.reach import Reach


class GroupRow(NamedTuple):
    """A group as the graph shows it."""

    id: str
    team_id: str
    name: str


GROUPS = columns_of(GroupRow, Group)
UNIQUE_NAME = "uq_groups_team_id_name_lower"
BY_NAME = [func.lower(Group.name), Group.id.expression]


async def by_ids(connection: AsyncConnection, reach: Reach, ids: Sequence[str]) -> dict[str, GroupRow]:
    """The groups within `reach` that have these ids, by id."""
    return by_id(await _BY_IDS.rows(connection, reach, list(ids)))


@listing
def listed(reach: Reach) -> Definition[GroupRow]:
    """A team's groups within `reach`, in the order of their names."""

    def rows(team_id: ColumnElement[str]) -> Rows:
        return select().where(Group.team_id == team_id, within(reach, Group.team_id))

    return Definition(rows, BY_NAME, GROUPS)


@listing
def of_member(reach: Reach) -> Definition[GroupRow]:
    """The groups within `reach` that a member is in, in the order of their names."""

    def rows(member_id: ColumnElement[str]) -> Rows:
        return (
            select()
            .select_from(Group)
            .join(GroupMember, (GroupMember.team_id == Group.team_id) & (GroupMember.group_id == Group.id))
            .join(
                Membership,
                (Membership.team_id == GroupMember.team_id) & (Membership.user_id == GroupMember.user_id),
            )
            .where(Membership.id == member_id, within(reach, Group.team_id))
        )

    return Definition(rows, BY_NAME, GROUPS)


async def create(connection: AsyncConnection, group: GroupRow) -> bool:
    """Create a group. Returns False if the team already has a group with this name, in upper or lower case."""
    unique: list[Any] = [Group.team_id, func.lower(Group.name)]
    made = insert(Group).values(group._asdict()).on_conflict_do_nothing(index_elements=unique).returning(Group.id)
    return (await connection.execute(made)).one_or_none() is not None


async def rename(connection: AsyncConnection, group: GroupRow) -> bool:
    """Store the name of a group. Returns False if another group of the team has this name, in upper or lower case."""
    renamed = update(Group).where(Group.team_id == group.team_id, Group.id == group.id).values(name=group.name)
    try:
        async with connection.begin_nested():
            await connection.execute(renamed)
    except IntegrityError as error:
        if UNIQUE_NAME in str(error.orig):
            return False
        raise
    return True


async def remove(connection: AsyncConnection, team_id: str, id_: str) -> None:
    """Delete a group. Before that, its products, and the seats and waits that have it as a source, must be removed."""
    await connection.execute(delete(Group).where(Group.team_id == team_id, Group.id == id_))


async def member_ids(connection: AsyncConnection, team_id: str, group_id: str) -> list[str]:
    """The user ids of the members of a group, in ascending order."""
    query = select(GroupMember.user_id).where(GroupMember.team_id == team_id, GroupMember.group_id == group_id)
    return [row.user_id for row in await connection.execute(query.order_by(GroupMember.user_id))]


async def add_members(connection: AsyncConnection, team_id: str, joining: Mapping[str, Sequence[str]]) -> None:
    """Add people to groups of their team. `joining` maps user ids to group ids; a person may already be in a group.

    They must be members of the team.
    """
    rows = [
        {"team_id": team_id, "group_id": group_id, "user_id": user_id}
        for user_id, group_ids in joining.items()
        for group_id in group_ids
    ]
    if rows:
        await connection.execute(insert(GroupMember).on_conflict_do_nothing(), rows)


async def remove_members(connection: AsyncConnection, team_id: str, group_id: str, user_ids: Sequence[str]) -> None:
    """Remove people from a group."""
    of_group = (GroupMember.team_id == team_id, GroupMember.group_id == group_id)
    await connection.execute(delete(GroupMember).where(*of_group, GroupMember.user_id == any_of(user_ids)))


def _by_ids(reach: Reach, ids: Sequence[str]) -> Rows:
    return select().where(Group.id == any_of(ids), within(reach, Group.team_id))


_BY_IDS = RowQuery(GROUPS, _by_ids)
