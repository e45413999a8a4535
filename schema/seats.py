"""Seats, and the mutations that give them, take them back and move them."""

from datetime import datetime

import strawberry

from db.seats import SeatRow, SourceRow
from domain.seats import SourceKind
from resolvers import assignments, groups, products, seats, usage
from schema.errors import UserError
from schema.fields import accepts, expose, names, shows
from schema.nodes import Node
from schema.people import PEOPLE
from schema.refs import GroupRef, PoolRef, ProductRef, TeamRef, UsageRef, UserRef, WaitRef

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


@shows(assignments.AssignSeatsPayload)
class AssignSeatsPayload:
    """Who got a seat, in the order asked for; `errors` say why others did not."""

    seats: list[Seat]
    waits: list[WaitRef] = strawberry.field(description="Who waits for one, in the order asked for.")
    errors: list[UserError]
    pool: PoolRef | None = expose(assignments.pool, PoolRef | None)


@shows(assignments.UnassignSeatsPayload)
class UnassignSeatsPayload:
    """The seats that were freed; `errors` say why others were not."""

    seats: list[Seat]
    promoted: list[Seat] = strawberry.field(description="Those of them that went to people who waited for one.")
    errors: list[UserError]
    pool: PoolRef | None = expose(assignments.pool, PoolRef | None)


@shows(assignments.ReassignSeatPayload)
class ReassignSeatPayload:
    """The seat with its new holder; null when it could not be moved."""

    seat: Seat | None
    errors: list[UserError]


assign_seats = expose(assignments.assign_seats, AssignSeatsPayload | None)
unassign_seats = expose(assignments.unassign_seats, UnassignSeatsPayload | None)
reassign_seat = expose(assignments.reassign_seat, ReassignSeatPayload | None)
