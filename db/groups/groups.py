"""Groups of a team's members: reads, creates, renames and deletes them, and changes who is in them."""

from collections.abc import Mapping, Sequence
from types import NoneType
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, ColumnElement, bindparam, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert

from db.core.connection import Connection, DatabaseError
from db.core.paging import Definition, Rows, listing
from db.core.reach import any_of, within
from db.core.rows import by_id, columns_of
from db.core.statements import RowQuery, Statement
from db.core.text_keys import group_keys
from db.seats.assignments import PEOPLE
from db.tables.groups import Group, GroupMember
from db.tables.people import Membership
from db.tables.types import ID
from domain.reach import Reach


class GroupRow(NamedTuple):
    """A group as the graph shows it."""

    id: str
    team_id: str
    name: str


GROUPS = columns_of(GroupRow, Group)
UNIQUE_NAME = "uq_groups_team_id_name_fold"
BY_NAME = [Group.name_key.expression, Group.id.expression]
KEYS = tuple(group_keys(""))

NAME_IN_TEAM: list[Any] = [Group.team_id, Group.name_fold]
CREATE = Statement(
    "create_group",
    str,
    insert(Group)
    .values({name: bindparam(name) for name in (*GroupRow._fields, *KEYS)})
    .on_conflict_do_nothing(index_elements=NAME_IN_TEAM)
    .returning(Group.id),
)
RENAME = Statement(
    "rename_group",
    NoneType,
    update(Group)
    .where(Group.team_id == bindparam("team_id"), Group.id == bindparam("id"))
    .values({name: bindparam(name) for name in ("name", *KEYS)}),
)
REMOVE = Statement(
    "remove_group",
    NoneType,
    delete(Group).where(Group.team_id == bindparam("team_id"), Group.id == bindparam("id")),
)
MEMBER_IDS = Statement(
    "member_ids",
    str,
    select(GroupMember.user_id)
    .where(GroupMember.team_id == bindparam("team_id"), GroupMember.group_id == bindparam("group_id"))
    .order_by(GroupMember.user_id),
)
ADD_MEMBERS = Statement(
    "add_group_members",
    NoneType,
    text("""
insert into group_members (team_id, group_id, user_id)
select cast(:team_id as text), group_id, user_id from unnest(:group_ids, :user_ids) as joining (group_id, user_id)
on conflict do nothing
""").bindparams(PEOPLE, bindparam("group_ids", type_=ARRAY(ID))),
)
REMOVE_MEMBERS = Statement(
    "remove_group_members",
    NoneType,
    delete(GroupMember).where(
        GroupMember.team_id == bindparam("team_id"),
        GroupMember.group_id == bindparam("group_id"),
        GroupMember.user_id == any_of(PEOPLE),
    ),
)


async def by_ids(connection: Connection, reach: Reach, ids: Sequence[str]) -> dict[str, GroupRow]:
    """The groups within `reach` that have these ids, by id."""
    return by_id(await BY_IDS.rows(connection, reach, list(ids)))


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


async def create(connection: Connection, group: GroupRow) -> bool:
    """Create a group. Returns False if the team already has a group whose name counts as equal."""
    return await CREATE.row(connection, **group._asdict(), **group_keys(group.name)) is not None


async def rename(connection: Connection, group: GroupRow) -> bool:
    """Store the name of a group. Returns False if another group of the team has a name that counts as equal."""
    savepoint = await connection.savepoint()
    try:
        await RENAME.run(connection, **group._asdict(), **group_keys(group.name))
    except DatabaseError as error:
        if error.constraint != UNIQUE_NAME:
            raise
        await savepoint.rollback()
        return False
    return True


async def remove(connection: Connection, team_id: str, id_: str) -> None:
    """Delete a group. Before that, its products, and the seats and waits that have it as a source, must be removed."""
    await REMOVE.run(connection, team_id=team_id, id=id_)


async def member_ids(connection: Connection, team_id: str, group_id: str) -> list[str]:
    """The user ids of the members of a group, in ascending order."""
    return await MEMBER_IDS.rows(connection, team_id=team_id, group_id=group_id)


async def add_members(connection: Connection, team_id: str, joining: Mapping[str, Sequence[str]]) -> None:
    """Add people to groups of their team. `joining` maps user ids to group ids; a person may already be in a group.

    They must be members of the team.
    """
    pairs = [(user_id, group_id) for user_id, group_ids in joining.items() for group_id in group_ids]
    if pairs:
        user_ids, group_ids = map(list, zip(*pairs, strict=True))
        await ADD_MEMBERS.run(connection, team_id=team_id, user_ids=user_ids, group_ids=group_ids)


async def remove_members(connection: Connection, team_id: str, group_id: str, user_ids: Sequence[str]) -> None:
    """Remove people from a group."""
    await REMOVE_MEMBERS.run(connection, team_id=team_id, group_id=group_id, user_ids=list(user_ids))


def _by_ids(reach: Reach, ids: Sequence[str]) -> Rows:
    return select().where(Group.id == any_of(ids), within(reach, Group.team_id))


BY_IDS = RowQuery(GROUPS, _by_ids)
