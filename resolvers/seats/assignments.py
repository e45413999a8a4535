"""Seats given, taken back and moved."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import strawberry

from db.catalogue.products import PoolRow
from db.groups import groups
from db.people import members
from db.seats import allocation, assignments
from db.seats.assignments import Ended
from db.seats.seats import SeatRow
from db.seats.waiting_list import WaitRow
from domain.actions import Action
from domain.problems import UserError, UserErrorCode
from domain.seats import DIRECT
from policies import facts
from resolvers.core.context import Info
from resolvers.core.member_lists import NO_MEMBER, PeopleInput, people_of, rows
from resolvers.core.mutations import Change, MutationInput, mutation
from resolvers.people.teams import pools_of


@dataclass(kw_only=True)
class PoolInput(PeopleInput):
    """A product of a team, and 1 to 5,000 of its members by user id."""

    product_id: strawberry.ID


class AssignSeatsInput(PoolInput):
    """To whom to give a seat."""

    GIVES: ClassVar[bool] = True


class UnassignSeatsInput(PoolInput):
    """From whom to take the seat back."""


@dataclass
class ReassignSeatInput(MutationInput):
    """Which seat to move, from whom (so that nobody moves what changed hands meanwhile), and to whom."""

    seat_id: strawberry.ID
    from_user_id: strawberry.ID
    to_user_id: strawberry.ID


@dataclass(kw_only=True)
class AssignSeatsPayload:
    """The seats that people got, in the order asked for; `errors` say why other people got none."""

    seats: list[SeatRow] = field(default_factory=list)
    waits: list[WaitRow] = field(
        default_factory=list,
        metadata={
            "description": "The places on the waiting list of people for whom no seat is left, in the order asked for."
        },
    )
    errors: list[UserError] = field(default_factory=list)
    team_id: strawberry.Private[str]
    product_id: strawberry.Private[str]


@dataclass(kw_only=True)
class UnassignSeatsPayload:
    """The seats that were freed; `errors` say why others were not."""

    seats: list[SeatRow] = field(default_factory=list)
    promoted: list[SeatRow] = field(
        default_factory=list, metadata={"description": "Those of these seats that went to people on the waiting list."}
    )
    errors: list[UserError] = field(default_factory=list)
    team_id: strawberry.Private[str]
    product_id: strawberry.Private[str]


@dataclass
class ReassignSeatPayload:
    """The seat with its new holder; null if it could not be moved."""

    seat: SeatRow | None = None
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.SEATS_ASSIGN)
async def assign_seats(change: Change, input: AssignSeatsInput) -> AssignSeatsPayload:
    """Give each of these people a seat of the product.

    It converges: who holds one already keeps it (ALREADY_ASSIGNED, which is information). NO_SEAT_LEFT, DUPLICATE and
    NOT_FOUND (no member of the team) stop everything under ALL_OR_NOTHING and only their own row otherwise. Under
    WAITLIST, whom no seat is left for waits for one (WAITING, which is information).
    Raises NOT_FOUND for the team or the product, FORBIDDEN.
    """
    await _decide(change, input)
    payload = AssignSeatsPayload(team_id=input.team_id, product_id=input.product_id)
    people = await people_of(change, input, payload.errors)
    if not people:
        return payload
    pool = (input.team_id, input.product_id)
    given = await allocation.give(change.connection, *pool, list(people), DIRECT, change.by, mode=input.mode)
    payload.errors += rows(people, given.short, UserErrorCode.NO_SEAT_LEFT, "No seat of this product is left.")
    message = "This person holds a seat of it already."
    payload.errors += rows(people, given.settled, UserErrorCode.ALREADY_ASSIGNED, message)
    payload.errors += [_waiting(wait, people[wait.user_id]) for wait in given.waiting]
    payload.seats, payload.waits = given.seats, given.waiting
    await _record(
        change,
        input,
        assigned=_by_seat(given.seats),
        waiting=[wait.user_id for wait in given.waiting],
        promoted=_by_seat(given.promoted),
    )
    return payload


@mutation(Action.SEATS_UNASSIGN)
async def unassign_seats(change: Change, input: UnassignSeatsInput) -> UnassignSeatsPayload:
    """Take the product's seat back from each of these people.

    It ends the direct reason to hold the seat, or to wait for one; the seat goes to who waits for one longest, if
    anybody does. Who holds none and waits for none is told NOT_ASSIGNED; where a group or the team's
    default still gives the seat, it stays (SOURCE_REMAINS, which names the group); both are information. DUPLICATE
    and NOT_FOUND stop everything under ALL_OR_NOTHING, and only their own row under BEST_EFFORT.
    Raises NOT_FOUND for the team or the product, FORBIDDEN.
    """
    await _decide(change, input)
    payload = UnassignSeatsPayload(team_id=input.team_id, product_id=input.product_id)
    people = await people_of(change, input, payload.errors)
    if not people:
        return payload
    pool = (input.team_id, input.product_id)
    ended, withdrawn, promoted = await allocation.end(change.connection, *pool, list(people), DIRECT, change.by)
    waited = {one.user_id for one in withdrawn}
    without = set(people) - {one.user_id for one in ended} - waited
    payload.errors += rows(people, without, UserErrorCode.NOT_ASSIGNED, "This person holds no seat of this product.")
    payload.errors += await _remaining(change, people, [one for one in ended if not one.freed])
    now = {seat.id: seat for seat in promoted}
    freed = [SeatRow(one.seat_id, input.team_id, one.product_id, None, None) for one in ended if one.freed]
    payload.seats, payload.promoted = [now.get(seat.id, seat) for seat in freed], promoted
    await _record(
        change,
        input,
        unassigned={one.seat_id: one.user_id for one in ended if one.ended},
        withdrawn=[user_id for user_id in people if user_id in waited],
        promoted=_by_seat(promoted),
    )
    return payload


@mutation(Action.SEATS_REASSIGN)
async def reassign_seat(change: Change, input: ReassignSeatInput) -> ReassignSeatPayload:
    """Move a seat from one person to another, in one step.

    SEAT_CHANGED when `fromUserId` does not hold it any more; ALREADY_ASSIGNED when the receiver holds a seat of the
    product (also when the seat has been moved already); SOURCE_REMAINS while a group or the team's default gives it to
    its holder; NOT_FOUND when the receiver is no member of the team. Then nothing has changed.
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
        return ReassignSeatPayload(errors=[await _immovable(change, seat, input)])
    before, after = {"holder": input.from_user_id}, {"holder": input.to_user_id}
    await change.record(team.id, seat.id, before, {"product": seat.product_id, **after})
    return ReassignSeatPayload(moved)


async def pool(root: AssignSeatsPayload | UnassignSeatsPayload, info: Info) -> PoolRow | None:
    """The team's pool of the product, as it is after the change."""
    pools = await info.context.load(pools_of, root.team_id)
    return next((pool for pool in pools or [] if pool.product_id == root.product_id), None)


async def _decide(change: Change, input: PoolInput) -> None:
    await change.pool(input.team_id, input.product_id)
    # An empty list is refused too when the actor may not act; a seat of nobody stands for it.
    people: set[str | None] = {*input.user_ids} or {None}
    await change.decide(*(facts.seat(change.actor, input.team_id, one) for one in people))


async def _remaining(change: Change, people: dict[str, int], kept: Sequence[Ended]) -> list[UserError]:
    """Why seats stay with their holders, in the order of the people."""
    ids = sorted({group_id for one in kept for group_id in one.group_ids})
    known = await groups.by_ids(change.connection, change.reach(Action.GROUPS_READ), ids) if ids else {}
    errors = []
    for one in sorted(kept, key=lambda one: people[one.user_id]):
        names = ", ".join(f"“{known[id_].name}”" if id_ in known else "a group" for id_ in one.group_ids)
        message = f"The seat stays: {names or 'the default of the team'} still gives it."
        errors.append(UserError(UserErrorCode.SOURCE_REMAINS, message, ["userIds"], people[one.user_id]))
    return errors


async def _immovable(change: Change, seat: SeatRow, input: ReassignSeatInput) -> UserError:
    """Why a seat was not moved; told from the rows after the statement that did not move it."""
    held = await assignments.holders(change.connection, seat.team_id, seat.product_id, [input.to_user_id])
    now = await change.seat(seat.id)
    if held:
        message = "The receiver holds a seat of this product already."
        return UserError(UserErrorCode.ALREADY_ASSIGNED, message, ["toUserId"])
    if now.holder_id != input.from_user_id:
        message = "This person does not hold the seat any more; look at it again."
        return UserError(UserErrorCode.SEAT_CHANGED, message, ["fromUserId"])
    message = "A group or the default of the team gives this seat to its holder; end that first."
    return UserError(UserErrorCode.SOURCE_REMAINS, message, ["seatId"])


def _waiting(wait: WaitRow, row: int) -> UserError:
    message = f"No seat of this product is left; this person waits for one, at position {wait.position}."
    return UserError(UserErrorCode.WAITING, message, ["userIds"], row)


def _by_seat(seats: Sequence[SeatRow]) -> dict[str, str | None]:
    return {seat.id: seat.holder_id for seat in seats}


async def _record(change: Change, input: PoolInput, **changed: Any) -> None:
    """Record what is not empty of it, if anything is not."""
    after = {what: found for what, found in changed.items() if found}
    if after:
        await change.record(input.team_id, input.product_id, {}, {"product": input.product_id, **after})
