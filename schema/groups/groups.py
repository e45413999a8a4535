"""Groups of members, and the mutations that make and change them."""

from db.groups.groups import GroupRow
from resolvers.groups import group_members, group_products, groups
from schema.core.fields import accepts, expose, shows
from schema.core.member_lists import PEOPLE
from schema.core.nodes import Node
from schema.core.payloads import payload
from schema.core.refs import MemberConnection, ProductRef, TeamRef

CONFIRM = "How many seats it frees, as a dry run tells; needed where that is more than a tenth of those assigned."

accepts(groups.CreateGroupInput, name="1 to 100 characters; no other group of the team may have it in any case.")
accepts(groups.RenameGroupInput, name="1 to 100 characters; no other group of the team may have it in any case.")
accepts(group_members.SetGroupMembersInput, **PEOPLE | {"user_ids": "All who are to be in the group, each once."})
accepts(group_members.DeleteGroupInput, confirm=CONFIRM)
accepts(group_products.AssignGroupProductInput, mode=PEOPLE["mode"])
accepts(group_products.UnassignGroupProductInput)


@shows(GroupRow)
class Group(Node):
    """A named set of members of one team; what it gives, each of them gets."""

    name: str
    team: TeamRef = expose(groups.team, TeamRef)
    members: MemberConnection = expose(groups.group_members, MemberConnection)
    products: list[ProductRef] = expose(groups.products, list[ProductRef])


create_group = expose(groups.create_group, payload(groups.CreateGroupPayload) | None)
rename_group = expose(groups.rename_group, payload(groups.RenameGroupPayload) | None)
delete_group = expose(group_members.delete_group, payload(group_members.DeleteGroupPayload) | None)
set_group_members = expose(group_members.set_group_members, payload(group_members.SetGroupMembersPayload) | None)
assign_group_product = expose(
    group_products.assign_group_product, payload(group_products.AssignGroupProductPayload) | None
)
unassign_group_product = expose(
    group_products.unassign_group_product, payload(group_products.UnassignGroupProductPayload) | None
)
