"""Groups of members, and the mutations that create, change and delete them."""

import strawberry

from db.groups.groups import GroupRow
from resolvers.core.member_lists import MAX_PEOPLE
from resolvers.groups import group_joins, group_members, group_moves, group_products, groups
from resolvers.people import teams
from schema.core.changed_lists import IDS
from schema.core.fields import expose, publish_input, shows
from schema.core.member_lists import PEOPLE
from schema.core.nodes import Node
from schema.core.paging import Edge
from schema.core.payloads import payload
from schema.core.refs import GroupRef, MemberConnection, ProductRef, TeamRef

NAME = "1 to 100 characters. No other group of the team may have this name, in upper or lower case."
USER_IDS = f"People who are to be in the group, by user id. All lists together name {MAX_PEOPLE:,} at most, each once."
CONFIRM = (
    "The number of seats that the deletion frees; a dry run returns it. Required if this is more than a tenth of the "
    "seats that the team has assigned."
)

publish_input(groups.CreateGroupInput, name=NAME)
publish_input(groups.RenameGroupInput, name=NAME)
publish_input(group_members.SetGroupMembersInput, **PEOPLE | {"user_ids": USER_IDS})
publish_input(group_joins.AddGroupMembersInput, **PEOPLE, group_id="The group that these people join.")
publish_input(group_joins.RemoveGroupMembersInput, **PEOPLE, group_id="The group that these people leave.")
publish_input(group_members.DeleteGroupInput, confirm=CONFIRM)
publish_input(
    group_moves.MoveGroupMembersInput,
    **PEOPLE,
    from_group_id="The group that these people leave.",
    to_group_id="The group of the same team that they join.",
)
publish_input(group_products.AssignGroupProductInput, mode=PEOPLE["mode"])
publish_input(group_products.UnassignGroupProductInput)


@shows(GroupRow)
class Group(Node):
    """A named set of members of one team. Each of them gets a seat of every product that the group gives."""

    name: str = strawberry.field(description="The name, which no other group of the team has.")
    team: TeamRef = expose(groups.team, TeamRef)
    members: MemberConnection = expose(groups.group_members, MemberConnection)
    products: list[ProductRef] = expose(groups.products, list[ProductRef])


create_group = expose(
    groups.create_group,
    payload(
        groups.CreateGroupPayload,
        group_edges=expose(groups.new_group_edges, list[Edge[GroupRef]]),
        team=expose(teams.changed_team, TeamRef | None),
    )
    | None,
)
rename_group = expose(groups.rename_group, payload(groups.RenameGroupPayload) | None)
delete_group = expose(
    group_members.delete_group,
    payload(
        group_members.DeleteGroupPayload,
        ["wait_edges"],
        deleted_group_ids=expose(group_members.deleted_group_ids, IDS),
        team=expose(teams.changed_team, TeamRef | None),
    )
    | None,
)
set_group_members = expose(group_members.set_group_members, payload(group_members.SetGroupMembersPayload) | None)
add_group_members = expose(
    group_joins.add_group_members,
    payload(group_joins.AddGroupMembersPayload, ["deleted_seat_ids", "deleted_member_ids"]) | None,
)
remove_group_members = expose(
    group_joins.remove_group_members,
    payload(group_joins.RemoveGroupMembersPayload, ["wait_edges", "member_edges"]) | None,
)
move_group_members = expose(group_moves.move_group_members, payload(group_moves.MoveGroupMembersPayload) | None)
assign_group_product = expose(
    group_products.assign_group_product, payload(group_products.AssignGroupProductPayload, ["deleted_seat_ids"]) | None
)
unassign_group_product = expose(
    group_products.unassign_group_product, payload(group_products.UnassignGroupProductPayload, ["wait_edges"]) | None
)
