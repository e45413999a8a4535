"""Seats, and the mutations that assign, unassign and reassign them."""

from datetime import datetime

import strawberry

from db.seats.seats import SeatRow, SourceRow
from domain.seats import SeatState, SourceKind
from resolvers.catalogue import products
from resolvers.groups import groups
from resolvers.seats import assignments, reassignments, seats
from resolvers.usage import seat_usage as usage
from schema.core.fields import expose, publish_enum, publish_input, shows
from schema.core.member_lists import PEOPLE
from schema.core.nodes import Node
from schema.core.payloads import payload
from schema.core.refs import GroupRef, PoolRef, ProductRef, TeamRef, UsageRef, UserRef

publish_enum(SeatState)
publish_enum(SourceKind)
publish_input(assignments.AssignSeatsInput, **PEOPLE)
publish_input(assignments.UnassignSeatsInput, **PEOPLE)
publish_input(
    reassignments.ReassignSeatInput,
    seat_id="The id of the seat.",
    from_user_id="The user id of the present holder.",
    to_user_id="The user id of the member who is to get the seat.",
)


@shows(SourceRow)
class SeatSource:
    """One reason why somebody holds a seat. When the last source of a seat ends, the seat is freed."""

    kind: SourceKind = strawberry.field(description="An assignment, a group, or the default of the team.")
    since: datetime = strawberry.field(description="Since when this is a reason.")
    group: GroupRef | None = expose(groups.source_group, GroupRef | None)


@shows(SeatRow)
class Seat(Node):
    """The right of one person to use a product. A seat is available while nobody holds it."""

    assigned_at: datetime | None = strawberry.field(
        description="When its holder got the seat; null while it is available."
    )
    team: TeamRef = expose(seats.team, TeamRef)
    product: ProductRef = expose(products.product, ProductRef)
    state: SeatState = expose(seats.state, SeatState)
    holder: UserRef | None = expose(seats.holder, UserRef | None)
    sources: list[SeatSource] = expose(seats.sources, list[SeatSource])
    usage: UsageRef | None = expose(
        usage.seat_usage,
        UsageRef | None,
        since=f"The first day (UTC); by default {usage.DEFAULT_DAYS - 1} days before `until`.",
        until="The last day (UTC); today by default.",
    )


assign_seats = expose(
    assignments.assign_seats,
    payload(assignments.AssignSeatsPayload, ["deleted_seat_ids"], pool=expose(assignments.pool, PoolRef | None)) | None,
)
unassign_seats = expose(
    assignments.unassign_seats,
    payload(assignments.UnassignSeatsPayload, ["wait_edges"], pool=expose(assignments.pool, PoolRef | None)) | None,
)
reassign_seat = expose(reassignments.reassign_seat, payload(reassignments.ReassignSeatPayload, ["wait_edges"]) | None)
