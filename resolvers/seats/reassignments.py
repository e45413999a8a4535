"""The mutation that moves a seat from one person to another."""

from dataclasses import dataclass, field

import strawberry

from db.people import members
from db.seats import allocation, assignments, seats
from db.seats.seats import SeatRow
from domain.actions import Action
from domain.problems import UserError, UserErrorCode
from policies import facts
from resolvers.core.changed_lists import SeatLists
from resolvers.core.member_lists import NO_MEMBER
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, mutation


@dataclass
class ReassignSeatInput(MutationInput):
    """The seat to move, its present holder, and the receiver.

    The holder is named so that the seat does not move if somebody else has changed its holder meanwhile.
    """

    seat_id: strawberry.ID
    from_user_id: strawberry.ID
    to_user_id: strawberry.ID


@dataclass
class ReassignSeatPayload(SeatLists):
    """The seat with its new holder; null if it could not be moved, and then `errors` say why."""

    seat: SeatRow | None = field(
        default=None, metadata={"description": "The seat with its new holder; null if it did not move."}
    )
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.SEATS_REASSIGN)
async def reassign_seat(change: Change, input: ReassignSeatInput) -> ReassignSeatPayload:
    """Move a seat from one person to another, in one step.

    SEAT_CHANGED: `fromUserId` no longer holds the seat. ALREADY_ASSIGNED: the receiver already holds a seat of the
    product, perhaps because this one has already been moved. SOURCE_REMAINS: a group or the team gives the seat to its
    holder. SUBSCRIPTION_INACTIVE: the subscription of the seat has ended or not begun. NOT_FOUND: the receiver is not a
    member of the team. After each of these errors, nothing has changed.
    Raises NOT_FOUND for the seat, FORBIDDEN.
    """
    seat = await change.seat(input.seat_id)
    team = await change.team(seat.team_id)
    await change.decide(facts.seat(change.actor, team.id, input.to_user_id))
    known = await members.lock(change.connection, team.id, [input.from_user_id, input.to_user_id])
    if input.to_user_id not in known:
        return ReassignSeatPayload(errors=[UserError(UserErrorCode.NOT_FOUND, NO_MEMBER, ["toUserId"])])
    moved = await allocation.move(change.connection, seat, input.from_user_id, input.to_user_id, change.by)
    if moved is None:
        return ReassignSeatPayload(errors=[await _not_moved(change, seat, input)])
    before, after = {"holder": input.from_user_id}, {"holder": input.to_user_id}
    await change.record(team.id, seat.id, before, {"product": seat.product_id, **after})
    payload = ReassignSeatPayload(moved.seat)
    payload.note_moved(moved)
    return payload


async def _not_moved(change: Change, seat: SeatRow, input: ReassignSeatInput) -> UserError:
    """The error that says why a seat was not moved, read from the rows after the attempt."""
    held = await assignments.holders(change.connection, seat.team_id, seat.product_id, [input.to_user_id])
    now = await change.seat(seat.id)
    if held:
        message = "The receiver already holds a seat of this product."
        return UserError(UserErrorCode.ALREADY_ASSIGNED, message, ["toUserId"])
    if now.holder_id != input.from_user_id:
        message = "This person no longer holds the seat; read the seat again."
        return UserError(UserErrorCode.SEAT_CHANGED, message, ["fromUserId"])
    if not await seats.is_active(change.connection, seat.team_id, seat.id):
        message = "The subscription of this seat has ended. Assign a seat of another one."
        return UserError(UserErrorCode.SUBSCRIPTION_INACTIVE, message, ["seatId"])
    message = "A group or the team gives this seat to its holder. Change that first."
    return UserError(UserErrorCode.SOURCE_REMAINS, message, ["seatId"])
