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
from resolvers.batched import of_each
from resolvers.changes import performs
from resolvers.connections import ConnectionRow, connecting
from resolvers.context import Context, Info
from resolvers.loading import Loading
from resolvers.nodes import by_id


@performs(Action.GROUPS_READ)
def team_groups(
    root: TeamRow, info: Info, first: int = DEFAULT_SIZE, after: str | None = None
) -> "asyncio.Future[ConnectionRow[GroupRow] | None]":
    """The team's groups, by name; FORBIDDEN for a plain user."""
    info.context.require(Action.GROUPS_READ, facts.team(info.context.actor, root.id))
    return connecting(info.context, _of_team, page(first, after, "name", 2), "name").load(root.id)


@performs(Action.GROUPS_READ)
def member_groups(
    root: MemberRow, info: Info, first: int = DEFAULT_SIZE, after: str | None = None
) -> "asyncio.Future[ConnectionRow[GroupRow] | None]":
    """The groups this person is in, by name; FORBIDDEN for a plain user."""
    info.context.require(Action.GROUPS_READ, facts.team(info.context.actor, root.team_id))
    return connecting(info.context, _of_member, page(first, after, "name", 2), "name").load(root.id)


@performs(Action.MEMBERS_READ)
@of_each("id")
def group_members(
    context: Context, first: int = DEFAULT_SIZE, after: str | None = None
) -> Loading[ConnectionRow[MemberRow]]:
    """Who is in the group, by name, invited people too; as far as you may see."""
    return connecting(context, _members, page(first, after, "name", 3), "name")


@of_each("team_id")
def team(context: Context) -> Loading[TeamRow]:
    """The team."""
    return context.loading(by_id, "team")


def _of_team(context: Context) -> Listing[GroupRow]:
    return groups.listed(context.reach(Action.GROUPS_READ))


def _of_member(context: Context) -> Listing[GroupRow]:
    return groups.of_member(context.reach(Action.GROUPS_READ))


def _members(context: Context) -> Listing[MemberRow]:
    return members.of_group(context.reach(Action.MEMBERS_READ))
