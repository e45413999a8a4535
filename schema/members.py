"""Members, and the mutation that takes them out of a team."""

from datetime import datetime

import strawberry

from db.teams import MemberRow
from resolvers import members, teams
from schema.enums import Role
from schema.errors import UserError
from schema.fields import accepts, expose, shows
from schema.nodes import Node
from schema.people import PEOPLE
from schema.refs import TeamRef, UserRef

accepts(members.RemoveMembersInput, **PEOPLE)


@shows(MemberRow)
class Member(Node):
    """A person in a team."""

    role: Role
    joined_at: datetime
    user: UserRef
    team: TeamRef = expose(teams.member_team, TeamRef)


@shows(members.RemoveMembersPayload)
class RemoveMembersPayload:
    """Who is a member no longer, in the order asked for; `errors` say why others still are."""

    removed_user_ids: list[strawberry.ID]
    errors: list[UserError]


remove_members = expose(members.remove_members, RemoveMembersPayload | None)
