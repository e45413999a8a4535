"""Members, and the mutation that takes them out of a team."""

from datetime import datetime

import strawberry

from db.members import MemberOrder, MemberRow
from resolvers import members
from schema.enums import Role
from schema.errors import UserError
from schema.fields import accepts, expose, names, shows
from schema.nodes import Node
from schema.people import PEOPLE
from schema.refs import TeamRef, UserRef

names(MemberOrder)
accepts(
    members.MembersFilter,
    search="Part of “first last” name or of the e-mail address, in any case; at most 100 characters.",
    product_id="Those who hold a seat of this product.",
)
accepts(members.MembersOrder)
accepts(members.RemoveMembersInput, **PEOPLE)


@shows(MemberRow)
class Member(Node):
    """A person in a team."""

    role: Role
    joined_at: datetime
    user: UserRef
    team: TeamRef = expose(members.team, TeamRef)


@shows(members.RemoveMembersPayload)
class RemoveMembersPayload:
    """Who is a member no longer, in the order asked for; `errors` say why others still are."""

    removed_user_ids: list[strawberry.ID]
    errors: list[UserError]


remove_members = expose(members.remove_members, RemoveMembersPayload | None)
