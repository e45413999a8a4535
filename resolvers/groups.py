"""Groups: those of a team and of a member, and who is in one."""

import asyncio

from db import groups, members
from db.groups import GroupRow
from db.members import MemberRow
from db.paging import Listing
from db.teams import TeamRow
from domain.actions import Action
from domain.paging import DEFAULT_SIZE, page
from policies import facts
from resolvers.changes import performs
from resolvers.connections import ConnectionRow, connect
from resolvers.context import Context, Info
from resolvers.nodes import by_id


@performs(Action.GROUPS_READ)
def team_groups(
    root: TeamRow, info: Info, first: int = DEFAULT_SIZE, after: str | None = None
) -> "asyncio.Future[ConnectionRow[GroupRow] | None]":
    """The team's groups, by name; FORBIDDEN for a plain user."""
    info.context.require(Action.GROUPS_READ, facts.team(info.context.actor, root.id))
    return connect(info.context, _of_team, root.id, page(first, after, "name", 2), "name")


@performs(Action.GROUPS_READ)
def member_groups(
    root: MemberRow, info: Info, first: int = DEFAULT_SIZE, after: str | None = None
) -> "asyncio.Future[ConnectionRow[GroupRow] | None]":
    """The groups this person is in, by name; FORBIDDEN for a plain user."""
    info.context.require(Action.GROUPS_READ, facts.team(info.context.actor, root.team_id))
    return connect(info.context, _of_member, root.id, page(first, after, "name", 2), "name")


@performs(Action.MEMBERS_READ)
def group_members(
    root: GroupRow, info: Info, first: int = DEFAULT_SIZE, after: str | None = None
) -> "asyncio.Future[ConnectionRow[MemberRow] | None]":
    """Who is in the group, by name, invited people too; as far as you may see."""
    return connect(info.context, _members, root.id, page(first, after, "name", 3), "name")


def team(root: GroupRow, info: Info) -> "asyncio.Future[TeamRow | None]":
    """The team."""
    return info.context.load(by_id, root.team_id, "team")


def _of_team(context: Context) -> Listing[GroupRow]:
    return groups.listed(context.reach(Action.GROUPS_READ))


def _of_member(context: Context) -> Listing[GroupRow]:
    return groups.of_member(context.reach(Action.GROUPS_READ))


def _members(context: Context) -> Listing[MemberRow]:
    return members.of_group(context.reach(Action.MEMBERS_READ))
