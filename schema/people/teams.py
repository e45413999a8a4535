"""Teams."""

import strawberry

from db.people.teams import TeamRow
from resolvers.audit import audit_log as audit
from resolvers.billing.invoices import team_invoices, team_spend
from resolvers.billing.orders import team_orders
from resolvers.billing.upcoming_payments import team_upcoming_payments
from resolvers.contracts import contracts, subscription_fields
from resolvers.groups import default_products as defaults
from resolvers.groups import groups
from resolvers.notices import notices
from resolvers.people import members, teams
from resolvers.seats import pools
from resolvers.seats import seat_request_fields as requests
from schema.core.enums import Language, Role
from schema.core.fields import expose, shows
from schema.core.nodes import Node
from schema.core.refs import (
    AuditEventConnection,
    ContractConnection,
    GroupConnection,
    InvoiceConnection,
    MemberConnection,
    MonthlySpendRef,
    NoticeConnection,
    OrderConnection,
    PoolRef,
    ProductRef,
    RequestConnection,
    SeatConnection,
    SeatPeriodConnection,
    SubscriptionConnection,
    TeamConnection,
    TeamRef,
    TokenConnection,
    UpcomingPaymentRef,
)


@shows(TeamRow)
class Team(Node):
    """A team of a company. It owns seats and assigns them to its members."""

    name: str = strawberry.field(description="The name of the team.")
    separation_of_duties: bool = strawberry.field(description="If true, nobody may assign a seat to themselves.")
    requires_second_factor: bool = strawberry.field(
        description=(
            "If true, those who manage the team need a second factor. Without it, they have the rights of a user."
        )
    )
    language: Language = strawberry.field(
        description="The language of the accounts that its invitations make. A person can choose another one."
    )
    last_seats_below: int | None = strawberry.field(
        description="Contract managers are told by mail when a pool has fewer free seats. Null: they are not told."
    )
    viewer_role: Role = expose(teams.viewer_role, Role)
    second_factor_missing: bool = expose(teams.second_factor_missing, bool)
    members: MemberConnection = expose(
        members.team_members,
        MemberConnection,
        filter="Only the members who fit all of these conditions.",
        order_by="The order of the members; by name if it is left out.",
    )
    groups: GroupConnection | None = expose(groups.team_groups, GroupConnection | None)
    pools: list[PoolRef] | None = expose(pools.team_pools, list[PoolRef] | None)
    default_products: list[ProductRef] | None = expose(defaults.default_products, list[ProductRef] | None)
    seats: SeatConnection = expose(
        teams.team_seats,
        SeatConnection,
        product_id="Only the seats of this product; null for all products.",
        assigned="Only the seats with a holder (true), or without one (false); null for both.",
    )
    requests: RequestConnection = expose(
        requests.team_requests,
        RequestConnection,
        state="Only the requests in this state; null for all states.",
        mail_state="Only the answered requests whose mail is in this state; null for all requests.",
    )
    contracts: ContractConnection | None = expose(contracts.team_contracts, ContractConnection | None)
    subscriptions: SubscriptionConnection | None = expose(
        subscription_fields.team_subscriptions,
        SubscriptionConnection | None,
        product_id="Only the subscriptions of this product; null for all products.",
        status="Only the subscriptions with this status today (UTC); null for all of them.",
    )
    orders: OrderConnection | None = expose(team_orders, OrderConnection | None)
    invoices: InvoiceConnection | None = expose(
        team_invoices,
        InvoiceConnection | None,
        status="Only the invoices with this status today (UTC); null for all of them.",
    )
    upcoming_payments: list[UpcomingPaymentRef] | None = expose(team_upcoming_payments, list[UpcomingPaymentRef] | None)
    spend: list[MonthlySpendRef] | None = expose(team_spend, list[MonthlySpendRef] | None)
    notices: NoticeConnection | None = expose(notices.team_notices, NoticeConnection | None)
    partner_tokens: TokenConnection | None = expose(teams.team_tokens, TokenConnection | None)
    seat_history: SeatPeriodConnection | None = expose(
        audit.seat_history,
        SeatPeriodConnection | None,
        product_id="The product of the seats.",
        on="The day (UTC), before 9999-12-31.",
    )
    audit: AuditEventConnection | None = expose(
        audit.team_audit,
        AuditEventConnection | None,
        action="Only the entries of this action; null for all actions.",
        actor_id="Only the entries of this actor, by the `actorId` of an entry; null for all actors.",
        since="Only the entries from this day (UTC) on.",
        until="Only the entries up to this day (UTC), which is before 9999-12-31.",
    )


team = expose(teams.team, TeamRef | None, id="The id of a team to which you belong.")
all_teams = expose(teams.all_teams, TeamConnection)
