"""Members, and the mutation that removes them from a team."""

from datetime import datetime

import strawberry

from db.people.members import MemberOrder, MemberRow
from domain.members import MemberStatus
from resolvers.core import member_filters
from resolvers.groups import groups
from resolvers.invitations import invitation_fields
from resolvers.notices import preferences
from resolvers.people import member_usage, members
from resolvers.seats import member_seats
from resolvers.seats import seat_request_fields as requests
from resolvers.seats import waiting_list as waits
from schema.core.changed_lists import IDS
from schema.core.enums import Role
from schema.core.fields import expose, publish_enum, publish_input, shows
from schema.core.member_lists import PEOPLE
from schema.core.nodes import Node
from schema.core.payloads import payload
from schema.core.refs import (
    GroupConnection,
    InvitationRef,
    MemberUsageRef,
    NoticePreferenceRef,
    PoolRef,
    ProductRef,
    RequestConnection,
    SeatConnection,
    TeamRef,
    UserRef,
    WaitRef,
)

publish_enum(MemberOrder)
publish_enum(MemberStatus)
publish_input(
    member_filters.MembersFilter,
    search=(
        "Words, in any order; at most 100 characters. Each must be a part of the name or of the e-mail address. Case "
        "and accents do not matter."
    ),
    role="Members with this role; null for all roles.",
    without_role="Members with another role than this one.",
    status="Members who have accepted, or people who are only invited; null for both.",
    product_id="Members who hold a seat of this product.",
    without_product_id="Members who hold no seat of this product.",
    group_id="Members who are in this group.",
    without_group_id="Members who are not in this group.",
    mail_state="People who are only invited, by the state of the mail: no mail reached those with REFUSED.",
    not_used_since=(
        "Members who have not used any product of the team since this time, or have never used one. With `productId`, "
        "it is about that product only."
    ),
)
publish_input(
    members.MembersOrder,
    field="What the members are ordered by.",
    descending="Whether the order is the reverse one: from Z to A, or the newest first.",
)
publish_input(members.RemoveMembersInput, **PEOPLE)


@shows(MemberRow)
class Member(Node):
    """A person who is a member of a team or is invited to it.

    An invited person has no rights in the team, but can already hold seats.
    """

    role: Role = strawberry.field(description="The role in the team; an invited person has it after they accept.")
    status: MemberStatus = strawberry.field(description="Whether the person is in the team, or is only invited to it.")
    joined_at: datetime = strawberry.field(
        description="When the membership began. If the person was invited, this is the time of the invitation."
    )
    external_id: str | None = strawberry.field(
        description="The id that your own directory has for the person; null if it was never given."
    )
    user: UserRef = strawberry.field(
        description="The account. While they are only invited, it shows what the invitation says: names, address, time."
    )
    team: TeamRef = expose(members.team, TeamRef)
    invitation: InvitationRef | None = expose(invitation_fields.of_member, InvitationRef | None)
    groups: GroupConnection | None = expose(groups.member_groups, GroupConnection | None)
    requests: RequestConnection = expose(requests.member_requests, RequestConnection)
    notice_preferences: list[NoticePreferenceRef] = expose(preferences.member_preferences, list[NoticePreferenceRef])
    seats: SeatConnection = expose(member_seats.member_seats, SeatConnection)
    usage: MemberUsageRef | None = expose(member_usage.usage, MemberUsageRef | None)
    unassigned_products: list[PoolRef] | None = expose(member_seats.unassigned_products, list[PoolRef] | None)
    requestable_products: list[ProductRef] = expose(member_seats.requestable_products, list[ProductRef])
    waits: list[WaitRef] = expose(waits.member_waits, list[WaitRef])


remove_members = expose(
    members.remove_members,
    payload(
        members.RemoveMembersPayload,
        ["wait_edges", "member_edges"],
        deleted_team_ids=expose(members.left_team_ids, IDS),
    )
    | None,
)
