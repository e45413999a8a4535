"""Teams and their members."""

from datetime import datetime

import strawberry

from db.teams import MemberOrder, MemberRow, TeamRow
from domain.roles import Role
from resolvers import teams
from schema.fields import accepts, expose, names, shows
from schema.paging import Node
from schema.refs import MemberConnection, PoolRef, SeatConnection, TeamConnection, TeamRef, TokenConnection, UserRef

names(Role)
names(MemberOrder)
accepts(teams.MembersFilter)
accepts(teams.MembersOrder)


@shows(TeamRow)
class Team(Node):
    """A team of a company: it owns seats and gives them to its members."""

    name: str
    separation_of_duties: bool = strawberry.field(
        description="Whether nobody may be both the one who assigns a seat and the one who receives it."
    )
    viewer_role: Role | None = expose(teams.viewer_role, Role | None)
    members: MemberConnection = expose(teams.members, MemberConnection)
    pools: list[PoolRef] | None = expose(teams.pools, list[PoolRef] | None)
    seats: SeatConnection = expose(teams.team_seats, SeatConnection)
    partner_tokens: TokenConnection | None = expose(teams.team_tokens, TokenConnection | None)


@shows(MemberRow)
class Member(Node):
    """A person in a team."""

    role: Role
    joined_at: datetime
    user: UserRef
    team: TeamRef = expose(teams.member_team, TeamRef)


team = expose(teams.team, TeamRef)
all_teams = expose(teams.all_teams, TeamConnection)
