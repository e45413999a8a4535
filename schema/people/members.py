"""Members, and the mutation that takes them out of a team."""

from datetime import datetime

import strawberry

from db.people.members import MemberOrder, MemberRow
from domain.members import MemberStatus
from resolvers.groups import groups
from resolvers.invitations import invitation_fields
from resolvers.people import members
from resolvers.seats import member_seats
from resolvers.seats import seat_requests as requests
from resolvers.seats import waiting_list as waits
from schema.core.enums import Role
from schema.core.fields import accepts, expose, names, shows
from schema.core.member_lists import PEOPLE
from schema.core.nodes import Node
from schema.core.payloads import payload
from schema.core.refs import (
    GroupConnection,
    InvitationRef,
    PoolRef,
    RequestConnection,
    SeatConnection,
    TeamRef,
    UserRef,
    WaitRef,
)

names(MemberOrder)
names(MemberStatus)
accepts(
    members.MembersFilter,
    search="Part of “first last” name or of the e-mail address, in any case; at most 100 characters.",
    status="Those who are in the team, or those who are only invited; null for both.",
    product_id="Those who hold a seat of this product.",
    group_id="Those who are in this group.",
)
accepts(members.MembersOrder)
accepts(members.RemoveMembersInput, **PEOPLE)


@shows(MemberRow)
class Member(Node):
    """A person in a team, or who is invited to be: then they may hold seats already, and may do nothing."""

    role: Role
    status: MemberStatus
    joined_at: datetime = strawberry.field(description="When they came into the team, or were invited to it.")
    user: UserRef = strawberry.field(
        description="The account. Of somebody who is invited, it has the names and the address they were invited by."
    )
    team: TeamRef = expose(members.team, TeamRef)
    invitation: InvitationRef | None = expose(invitation_fields.of_member, InvitationRef | None)
    groups: GroupConnection | None = expose(groups.member_groups, GroupConnection | None)
    requests: RequestConnection = expose(requests.member_requests, RequestConnection)
    seats: SeatConnection = expose(member_seats.member_seats, SeatConnection)
    unassigned_products: list[PoolRef] | None = expose(member_seats.unassigned_products, list[PoolRef] | None)
    waits: list[WaitRef] = expose(waits.member_waits, list[WaitRef])


remove_members = expose(members.remove_members, payload(members.RemoveMembersPayload) | None)
