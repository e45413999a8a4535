"""Teams."""

import strawberry

from db.people.teams import TeamRow
from resolvers.audit import audit_log as audit
from resolvers.groups import default_products as defaults
from resolvers.groups import groups
from resolvers.people import members, teams
from resolvers.seats import pools
from resolvers.seats import seat_request_fields as requests
from schema.core.enums import Role
from schema.core.fields import expose, shows
from schema.core.nodes import Node
from schema.core.refs import (
    AuditEventConnection,
    GroupConnection,
    MemberConnection,
    PoolRef,
    ProductRef,
    RequestConnection,
    SeatConnection,
    SeatPeriodConnection,
    TeamConnection,
    TeamRef,
    TokenConnection,
)


@shows(TeamRow)
class Team(Node):
    """A team of a company. It owns seats and assigns them to its members."""

    name: str
    separation_of_duties: bool = strawberry.field(description="If true, nobody may assign a seat to themselves.")
    viewer_role: Role | None = expose(teams.viewer_role, Role | None)
    members: MemberConnection = expose(members.team_members, MemberConnection)
    groups: GroupConnection | None = expose(groups.team_groups, GroupConnection | None)
    pools: list[PoolRef] | None = expose(pools.team_pools, list[PoolRef] | None)
    default_products: list[ProductRef] | None = expose(defaults.default_products, list[ProductRef] | None)
    seats: SeatConnection = expose(teams.team_seats, SeatConnection)
    requests: RequestConnection = expose(requests.team_requests, RequestConnection)
    partner_tokens: TokenConnection | None = expose(teams.team_tokens, TokenConnection | None)
    seat_history: SeatPeriodConnection | None = expose(audit.seat_history, SeatPeriodConnection | None)
    audit: AuditEventConnection | None = expose(audit.team_audit, AuditEventConnection | None)


team = expose(teams.team, TeamRef | None)
all_teams = expose(teams.all_teams, TeamConnection)
