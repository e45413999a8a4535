"""Groups: those of a team and of a member, what one is called, who is in it and what it gives."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import strawberry

from db.catalogue.products import ProductRow
from db.core import ids
from db.core.paging import Listing
from db.groups import given_products, groups
from db.groups.groups import GroupRow
from db.people import members
from db.people.members import MemberRow
from db.people.teams import TeamRow
from domain.actions import Action
from domain.names import NAME_RULE, is_name
from domain.paging import DEFAULT_SIZE, page
from domain.problems import UserError, UserErrorCode
from domain.subjects import Actor
from policies import facts
from policies.engine.policy import Policy
from resolvers.core.context import Context, Info
from resolvers.core.fields import of_each
from resolvers.core.loaders import Loading
from resolvers.core.mutations import Change, MutationInput, mutation, one, performs
from resolvers.core.node_kinds import Abilities, NodeKind, readable
from resolvers.core.relay import ConnectionRow, connecting
from resolvers.people.teams import TEAM

TAKEN = "The team has a group with this name already."
# Decided on the team, because every group of a team has the same rules.
OF_GROUPS = (Action.GROUPS_READ, Action.GROUPS_UPDATE, Action.GROUPS_DELETE, Action.GROUPS_ASSIGN)


@dataclass
class CreateGroupInput(MutationInput):
    """A new group of a team, by a name that no other has, whatever its case."""

    team_id: strawberry.ID
    name: str


@dataclass
class RenameGroupInput(MutationInput):
    """A group, and its new name."""

    group_id: strawberry.ID
    name: str


@dataclass
class CreateGroupPayload:
    """The new group; null if it was not created, and then `errors` say why."""

    group: GroupRow | None = None
    errors: list[UserError] = field(default_factory=list)


@dataclass
class RenameGroupPayload:
    """The group, with the name that it has now."""

    group: GroupRow | None = None
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.GROUPS_CREATE)
async def create_group(change: Change, input: CreateGroupInput) -> CreateGroupPayload:
    """Make a group in a team; nobody is in it as yet.

    NAME_INVALID, NAME_TAKEN (whatever the case of its letters). Raises NOT_FOUND for the team, FORBIDDEN.
    """
    team = await change.team(input.team_id)
    await change.decide(facts.team(change.actor, team.id))
    if not is_name(input.name):
        return CreateGroupPayload(errors=[UserError(UserErrorCode.NAME_INVALID, NAME_RULE, ["name"])])
    group = GroupRow(ids.new("group"), team.id, input.name.strip())
    if not await groups.create(change.connection, group):
        return CreateGroupPayload(errors=[UserError(UserErrorCode.NAME_TAKEN, TAKEN, ["name"])])
    await change.record(team.id, group.id, {}, {"name": group.name})
    return CreateGroupPayload(group)


@mutation(Action.GROUPS_UPDATE)
async def rename_group(change: Change, input: RenameGroupInput) -> RenameGroupPayload:
    """Give a group another name. To give it the one it has changes nothing.

    NAME_INVALID, NAME_TAKEN (whatever the case of its letters). Raises NOT_FOUND for the group, FORBIDDEN.
    """
    group = await opened(change, input.group_id)
    await change.decide(facts.team(change.actor, group.team_id))
    if not is_name(input.name):
        return RenameGroupPayload(group, [UserError(UserErrorCode.NAME_INVALID, NAME_RULE, ["name"])])
    renamed = group._replace(name=input.name.strip())
    if renamed == group:
        return RenameGroupPayload(group)
    if not await groups.rename(change.connection, renamed):
        return RenameGroupPayload(group, [UserError(UserErrorCode.NAME_TAKEN, TAKEN, ["name"])])
    await change.record(group.team_id, group.id, {"name": group.name}, {"name": renamed.name})
    return RenameGroupPayload(renamed)


async def opened(change: Change, id_: str) -> GroupRow:
    """A group to be changed, by nobody else until the end; what is to be done must be allowed in its team.

    Raises NotFound, Forbidden.
    """
    reach = change.reach(Action.GROUPS_READ)
    found = one(await groups.by_ids(change.connection, reach, [id_]), id_, "group")
    change.require([facts.team(change.actor, found.team_id)])
    await given_products.changing(change.connection, found.team_id)
    # Read again: it may have been renamed or deleted meanwhile.
    return one(await groups.by_ids(change.connection, reach, [id_]), id_, "group")


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


@performs(Action.PRODUCTS_READ)
@of_each("id")
def products(context: Context) -> Loading[list[ProductRow]]:
    """The products of which the group gives its members a seat, by name."""
    return context.loading(_products)


@of_each("team_id")
def team(context: Context) -> Loading[TeamRow]:
    """The team."""
    return context.loading(TEAM.find)


@performs(Action.GROUPS_READ)
@of_each("group_id")
def source_group(context: Context) -> Loading[GroupRow]:
    """The group that gives the seat; null for other kinds, and where you may not see groups."""
    return context.loading(GROUP.find)


def _of_team(context: Context) -> Listing[GroupRow]:
    return groups.listed(context.reach(Action.GROUPS_READ))


def _of_member(context: Context) -> Listing[GroupRow]:
    return groups.of_member(context.reach(Action.GROUPS_READ))


def _members(context: Context) -> Listing[MemberRow]:
    return members.of_group(context.reach(Action.MEMBERS_READ))


async def _products(context: Context, ids: Sequence[str]) -> Mapping[str, list[ProductRow]]:
    context.require(Action.PRODUCTS_READ, facts.GATEWAY)
    reach = context.reach(Action.GROUPS_READ)
    async with context.reading() as connection:
        given = await given_products.shown_of_groups(connection, reach, ids)
    return {id_: given.get(id_, []) for id_ in ids}


def _abilities(policy: Policy, actor: Actor, row: GroupRow) -> Abilities:
    team = facts.team(actor, row.team_id)
    return {action: policy.explain(actor, action, team) for action in OF_GROUPS}


GROUP = NodeKind("group", GroupRow, readable(groups.by_ids, Action.GROUPS_READ), _abilities, explained=True)
