"""Seats, and the mutations that give them, take them back and move them."""

from datetime import datetime

import strawberry

from db.seats.seats import SeatRow, SourceRow
from domain.seats import SourceKind
from resolvers.catalogue import products
from resolvers.groups import groups
from resolvers.seats import assignments, seats
from resolvers.usage import seat_usage as usage
from schema.core.fields import accepts, expose, names, shows
from schema.core.member_lists import PEOPLE
from schema.core.nodes import Node
from schema.core.payloads import payload
from schema.core.refs import GroupRef, PoolRef, ProductRef, TeamRef, UsageRef, UserRef

names(SourceKind)
accepts(assignments.AssignSeatsInput, **PEOPLE)
accepts(assignments.UnassignSeatsInput, **PEOPLE)
accepts(assignments.ReassignSeatInput)


@shows(SourceRow)
class SeatSource:
    """One reason why a seat is held; the seat goes back when its last one ends."""

    kind: SourceKind
    since: datetime
    group: GroupRef | None = expose(groups.source_group, GroupRef | None)


@shows(SeatRow)
class Seat(Node):
    """The right of one person to use a product; available while nobody holds it."""

    assigned_at: datetime | None = strawberry.field(
        description="Since when its holder has it; null while it is available."
    )
    team: TeamRef = expose(seats.team, TeamRef)
    product: ProductRef = expose(products.product, ProductRef)
    holder: UserRef | None = expose(seats.holder, UserRef | None)
    sources: list[SeatSource] = expose(seats.sources, list[SeatSource])
    usage: UsageRef | None = expose(usage.seat_usage, UsageRef | None)


assign_seats = expose(
    assignments.assign_seats,
    payload(assignments.AssignSeatsPayload, pool=expose(assignments.pool, PoolRef | None)) | None,
)
unassign_seats = expose(
    assignments.unassign_seats,
    payload(assignments.UnassignSeatsPayload, pool=expose(assignments.pool, PoolRef | None)) | None,
)
reassign_seat = expose(assignments.reassign_seat, payload(assignments.ReassignSeatPayload) | None)
