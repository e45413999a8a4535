"""Teams and their members."""

import strawberry

from db.teams import MemberOrder, TeamRow
from resolvers import audit, teams
from schema.enums import Role
from schema.fields import accepts, expose, names, shows
from schema.nodes import Node
from schema.refs import (
    AuditEventConnection,
    MemberConnection,
    PoolRef,
    SeatConnection,
    SeatPeriodConnection,
    TeamConnection,
    TeamRef,
    TokenConnection,
)

names(MemberOrder)
accepts(
    teams.MembersFilter,
    search="Part of “first last” name or of the e-mail address, in any case; at most 100 characters.",
    product_id="Those who hold a seat of this product.",
)
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
    seat_history: SeatPeriodConnection | None = expose(audit.seat_history, SeatPeriodConnection | None)
    audit: AuditEventConnection | None = expose(audit.team_audit, AuditEventConnection | None)


team = expose(teams.team, TeamRef | None)
all_teams = expose(teams.all_teams, TeamConnection)
