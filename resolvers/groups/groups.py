"""Groups: the fields that show them, and the mutations that create and rename them."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import strawberry

from db.catalogue.products import PRODUCTS, ProductRow
from db.core import ids
from db.core.paging import Listing
from db.core.rows import PARENT
from db.groups import given_products, groups
from db.groups.groups import GroupRow
from db.people import members
from db.people.members import MemberRow
from db.people.teams import TeamRow
from domain import text
from domain.actions import Action
from domain.paging import BY_NAME, Paging, page
from domain.problems import UserError, UserErrorCode
from domain.subjects import Actor
from domain.text import NAME_RULE
from policies import facts
from policies.engine.policy import Policy
from resolvers.core.changed_lists import GroupMemberLists, MemberGroupLists, MemberLists, told
from resolvers.core.context import Context, Info
from resolvers.core.fields import loaded_by, paged
from resolvers.core.loaders import Loading
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, mutation, performs, require_row
from resolvers.core.node_kinds import Abilities, NodeKind
from resolvers.core.relations import Relation, one
from resolvers.core.relay import ConnectionRow, EdgeRow, connecting, edges_among
from resolvers.people.members import members_among
from resolvers.people.teams import TEAM

NAME_TAKEN_MESSAGE = "The team already has a group with this name."
# These actions are decided for the team, because the rules are the same for all groups of a team.
GROUP_ACTIONS = (Action.GROUPS_READ, Action.GROUPS_UPDATE, Action.GROUPS_DELETE, Action.GROUPS_ASSIGN)


@dataclass
class CreateGroupInput(MutationInput):
    """A team, and the name of its new group. No other group of the team may have it.

    Names count as equal if only case, accents, spaces or invisible characters differ.
    """

    team_id: strawberry.ID
    name: str


@dataclass
class RenameGroupInput(MutationInput):
    """A group, and its new name."""

    group_id: strawberry.ID
    name: str


@dataclass
class CreateGroupPayload:
    """The new group. It is null if it was not created, and then `errors` say why."""

    group: GroupRow | None = field(default=None, metadata={"description": "The new group; null if it was not created."})
    team_id: strawberry.Private[str | None] = None
    errors: list[UserError] = field(default_factory=list)


@dataclass
class RenameGroupPayload:
    """The group with its present name. `errors` say why the name did not change."""

    group: GroupRow = field(metadata={"description": "The group, with its present name."})
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.GROUPS_CREATE)
async def create_group(change: Change, input: CreateGroupInput) -> CreateGroupPayload:
    """Create a group in a team. Nobody is in it at first.

    NAME_INVALID. NAME_TAKEN: another group of the team has this name. Case and accents do not matter.
    Raises NOT_FOUND for the team, FORBIDDEN.
    """
    team = await change.team(input.team_id)
    await change.decide(facts.team(change.actor, team.id))
    name = text.display_name(input.name)
    if name is None:
        return CreateGroupPayload(errors=[UserError(UserErrorCode.NAME_INVALID, NAME_RULE, ["name"])])
    group = GroupRow(ids.new("group"), team.id, name)
    if not await groups.create(change.connection, group):
        return CreateGroupPayload(errors=[UserError(UserErrorCode.NAME_TAKEN, NAME_TAKEN_MESSAGE, ["name"])])
    await change.record(team.id, group.id, {}, {"name": group.name})
    return CreateGroupPayload(group, team.id)


@mutation(Action.GROUPS_UPDATE)
async def rename_group(change: Change, input: RenameGroupInput) -> RenameGroupPayload:
    """Give a group another name. If it already has this name, nothing changes.

    NAME_INVALID. NAME_TAKEN: another group of the team has this name. Case and accents do not matter.
    Raises NOT_FOUND for the group, FORBIDDEN.
    """
    group = await locked_group(change, input.group_id)
    await change.decide(facts.team(change.actor, group.team_id))
    name = text.display_name(input.name)
    if name is None:
        return RenameGroupPayload(group, [UserError(UserErrorCode.NAME_INVALID, NAME_RULE, ["name"])])
    renamed = group._replace(name=name)
    if renamed == group:
        return RenameGroupPayload(group)
    if not await groups.rename(change.connection, renamed):
        return RenameGroupPayload(group, [UserError(UserErrorCode.NAME_TAKEN, NAME_TAKEN_MESSAGE, ["name"])])
    await change.record(group.team_id, group.id, {"name": group.name}, {"name": renamed.name})
    return RenameGroupPayload(renamed)


async def locked_group(change: Change, id_: str) -> GroupRow:
    """The group with this id, locked with `lock_changes`, if the actor may do this mutation in its team.

    Raises NotFound, Forbidden.
    """
    reach = change.reach(Action.GROUPS_READ)
    found = require_row(await groups.by_ids(change.connection, reach, [id_]), id_, "group")
    change.require([facts.team(change.actor, found.team_id)])
    await given_products.lock_changes(change.connection, found.team_id)
    # Read it again, because it may have been renamed or deleted before the lock was taken.
    return require_row(await groups.by_ids(change.connection, reach, [id_]), id_, "group")


@performs(Action.GROUPS_READ)
@loaded_by("id", action=Action.GROUPS_READ, team="id")
@paged
def team_groups(context: Context, paging: Paging) -> Loading[ConnectionRow[GroupRow]]:
    """The team's groups, in the order of their names; FORBIDDEN for a plain user."""
    return connecting(context, _of_team, page(paging, BY_NAME, 2), BY_NAME)


@performs(Action.GROUPS_READ)
@loaded_by("id", action=Action.GROUPS_READ)
@paged
def member_groups(context: Context, paging: Paging) -> Loading[ConnectionRow[GroupRow]]:
    """The groups that this person is in, in the order of their names; FORBIDDEN for a plain user."""
    return connecting(context, _of_member, page(paging, BY_NAME, 2), BY_NAME)


@performs(Action.MEMBERS_READ)
@loaded_by("id")
@paged
def group_members(context: Context, paging: Paging) -> Loading[ConnectionRow[MemberRow]]:
    """The members of the group, also invited people, in the order of their names; only those that you may see."""
    return connecting(context, _members, page(paging, BY_NAME, 2), BY_NAME)


@performs(Action.PRODUCTS_READ)
@loaded_by("id")
def products(context: Context) -> Loading[list[ProductRow]]:
    """The products that the group gives to its members, in the order of their names."""
    return context.loading(_PRODUCTS)


@loaded_by("team_id")
def team(context: Context) -> Loading[TeamRow]:
    """The team."""
    return context.loading(TEAM.find)


@performs(Action.GROUPS_READ)
@loaded_by("group_id")
def source_group(context: Context) -> Loading[GroupRow]:
    """The group that gives the seat; null for another kind of source, and if you may not see groups."""
    return context.loading(GROUP.find)


@performs(Action.GROUPS_READ)
@told
async def new_group_edges(root: CreateGroupPayload, info: Info) -> list[EdgeRow[GroupRow]]:
    """The new group, with its place among the groups of the team."""
    ids = [root.group.id] if root.group is not None else []
    return await edges_among(info.context, _of_team, BY_NAME, root.team_id or "", ids)


@performs(Action.GROUPS_READ)
@told
async def joined_group_edges(root: MemberGroupLists, info: Info) -> list[EdgeRow[GroupRow]]:
    """The groups that the member joined, with their places among the groups of the member."""
    return await edges_among(info.context, _of_member, BY_NAME, root.member_id or "", root.joined_group_ids)


@performs(Action.GROUPS_READ)
async def changed_groups(root: MemberLists | MemberGroupLists, info: Info) -> list[GroupRow]:
    """The groups that people joined or left, as they are now; only those that you may see.

    A dry run shows them only to those who may read members.
    """
    # Otherwise a dry run would tell a token that may change people but not read them in which groups they are.
    found = await info.context.loading(GROUP.find).load_all(root.group_ids)
    if not info.context.is_dry_run:
        return found
    return [one for one in found if info.context.reach(Action.MEMBERS_READ).has(one.team_id)]


@performs(Action.MEMBERS_READ)
@told
async def joined_member_edges(root: GroupMemberLists, info: Info) -> list[EdgeRow[MemberRow]]:
    """The people who joined the group, with their places in its list; only those that you may see."""
    ids, by_user = root.joined_user_ids, "user_id"
    return await edges_among(info.context, _members, BY_NAME, root.joined_group_id, ids, column=by_user)


@performs(Action.MEMBERS_READ)
@told
async def left_member_ids(root: GroupMemberLists, info: Info) -> list[strawberry.ID]:
    """The ids of the members who left the group that they were in; only of those that you may see."""
    return [strawberry.ID(row.id) for row in await _changed(info.context, root, root.left_user_ids)]


@performs(Action.MEMBERS_READ)
async def changed_members(root: GroupMemberLists, info: Info) -> list[MemberRow]:
    """The members who joined or left a group, as they are now; only those that you may see."""
    return await _changed(info.context, root, {*root.joined_user_ids, *root.left_user_ids})


async def _changed(context: Context, lists: GroupMemberLists, user_ids: Collection[str]) -> list[MemberRow]:
    return await members_among(context, lists.group_team_id, sorted(user_ids))


def _of_team(context: Context) -> Listing[GroupRow]:
    return groups.listed(context.reach(Action.GROUPS_READ))


def _of_member(context: Context) -> Listing[GroupRow]:
    return groups.of_member(context.reach(Action.GROUPS_READ))


def _members(context: Context) -> Listing[MemberRow]:
    return members.of_group(context.reach(Action.MEMBERS_READ))


def _product_arguments(context: Context, keys: Any) -> tuple[Any, ...]:
    context.require(Action.PRODUCTS_READ, facts.GATEWAY)
    return (context.reach(Action.GROUPS_READ), keys)


_PRODUCTS = Relation(given_products.OF_GROUPS, PRODUCTS, _product_arguments, str(PARENT.name), many=True)


def _abilities(policy: Policy, actor: Actor, row: GroupRow) -> Abilities:
    team = facts.team(actor, row.team_id)
    return {action: policy.explain(actor, action, team) for action in GROUP_ACTIONS}


GROUP = NodeKind("group", GroupRow, one(groups.BY_IDS, Action.GROUPS_READ), _abilities, explained=True)
