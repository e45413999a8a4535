"""Groups of members, and the mutations that make and change them."""

import strawberry

from db.groups import GroupRow
from resolvers import group_members, group_products, groups
from schema.errors import UserError
from schema.fields import accepts, expose, shows
from schema.nodes import Node
from schema.people import PEOPLE
from schema.refs import MemberConnection, ProductRef, SeatRef, TeamRef, WaitRef

SEATS = "The seats that members got, or hold for this reason too."
WAITS = "Who waits for a seat because of it."
FREED = "The seats that were held for no other reason, as they are now."
PROMOTED = "Those of the freed seats that went to people who waited for one."
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


@shows(groups.CreateGroupPayload)
class CreateGroupPayload:
    """The new group; null when `errors` say why there is none."""

    group: Group | None
    errors: list[UserError]


@shows(groups.RenameGroupPayload)
class RenameGroupPayload:
    """The group, as it is called now."""

    group: Group | None
    errors: list[UserError]


@shows(group_members.SetGroupMembersPayload)
class SetGroupMembersPayload:
    """The group, and the seats that came and went with its members; `errors` say who was not served."""

    group: Group
    seats: list[SeatRef] = strawberry.field(description=SEATS)
    waits: list[WaitRef] = strawberry.field(description=WAITS)
    freed: list[SeatRef] = strawberry.field(description=FREED)
    promoted: list[SeatRef] = strawberry.field(description=PROMOTED)
    errors: list[UserError]


@shows(group_members.DeleteGroupPayload)
class DeleteGroupPayload:
    """The group that is gone, and what that freed; `errors` say why it is still there."""

    deleted_group_id: strawberry.ID | None
    freed_seats: int = strawberry.field(description="How many seats it frees; what `confirm` has to be.")
    promoted: list[SeatRef] = strawberry.field(description=PROMOTED)
    errors: list[UserError]


@shows(group_products.AssignGroupProductPayload)
class AssignGroupProductPayload:
    """The group, and what its members got; `errors` name those who were not served."""

    group: Group
    seats: list[SeatRef] = strawberry.field(description=SEATS)
    waits: list[WaitRef] = strawberry.field(description=WAITS)
    errors: list[UserError]


@shows(group_products.UnassignGroupProductPayload)
class UnassignGroupProductPayload:
    """The group, and the seats that its members hold no more."""

    group: Group
    freed: list[SeatRef] = strawberry.field(description=FREED)
    promoted: list[SeatRef] = strawberry.field(description=PROMOTED)
    errors: list[UserError]


create_group = expose(groups.create_group, CreateGroupPayload | None)
rename_group = expose(groups.rename_group, RenameGroupPayload | None)
delete_group = expose(group_members.delete_group, DeleteGroupPayload | None)
set_group_members = expose(group_members.set_group_members, SetGroupMembersPayload | None)
assign_group_product = expose(group_products.assign_group_product, AssignGroupProductPayload | None)
unassign_group_product = expose(group_products.unassign_group_product, UnassignGroupProductPayload | None)
