"""Seats given, taken back and moved."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import strawberry

from db import assignments, groups, members
from db.assignments import Ended
from db.products import PoolRow
from db.seats import SeatRow
from domain.actions import Action
from domain.problems import UserError, UserErrorCode
from domain.seats import SourceKind
from policies import facts
from resolvers.changes import Change, mutation
from resolvers.context import Info
from resolvers.people import NO_MEMBER, BulkMode, PeopleInput, people_of, rows
from resolvers.teams import pools_of

DIRECT = frozenset({SourceKind.DIRECT})


@dataclass(kw_only=True)
class PoolInput(PeopleInput):
    """A product of a team, and 1 to 5,000 of its members by user id."""

    product_id: strawberry.ID


class AssignSeatsInput(PoolInput):
    """To whom to give a seat."""


class UnassignSeatsInput(PoolInput):
    """From whom to take the seat back."""


@dataclass
class ReassignSeatInput:
    """Which seat to move, from whom (so that nobody moves what changed hands meanwhile), and to whom."""

    seat_id: strawberry.ID
    from_user_id: strawberry.ID
    to_user_id: strawberry.ID
    idempotency_key: str | None = None
    dry_run: bool = False


@dataclass
class AssignSeatsPayload:
    """Who got a seat, in the order asked for; `errors` say why others did not."""

    team_id: str
    product_id: str
    seats: list[SeatRow] = field(default_factory=list)
    errors: list[UserError] = field(default_factory=list)


@dataclass
class UnassignSeatsPayload:
    """The seats that are available again; `errors` say why others are not."""

    team_id: str
    product_id: str
    seats: list[SeatRow] = field(default_factory=list)
    errors: list[UserError] = field(default_factory=list)


@dataclass
class ReassignSeatPayload:
    """The seat with its new holder; null when it could not be moved."""

    seat: SeatRow | None = None
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.SEATS_ASSIGN)
async def assign_seats(change: Change, input: AssignSeatsInput) -> AssignSeatsPayload:
    """Give each of these people a seat of the product.

    It converges: who holds one already keeps it (ALREADY_ASSIGNED, which is information). NO_SEAT_LEFT, DUPLICATE and
    NOT_FOUND (no member of the team) stop everything under ALL_OR_NOTHING and only their own row under BEST_EFFORT.
    Raises NOT_FOUND for the team or the product, FORBIDDEN.
    """
    await _decide(change, input)
    payload = AssignSeatsPayload(input.team_id, input.product_id)
    people = await people_of(change, input, payload.errors)
    if not people:
        return payload
    pool = (input.team_id, input.product_id)
    held = await assignments.holders(change.connection, *pool, list(people))
    wanted = [user_id for user_id in people if user_id not in held]
    all_or_nothing = input.mode is BulkMode.ALL_OR_NOTHING
    taken = await assignments.assign(change.connection, *pool, wanted, change.by, all_or_nothing=all_or_nothing)
    payload.errors += rows(people, taken.short, UserErrorCode.NO_SEAT_LEFT, "No seat of this product is left.")
    if taken.short and all_or_nothing:
        return payload
    added = await assignments.add_direct(change.connection, *pool, list(held))
    settled = held - {seat.holder_id for seat in added}
    payload.errors += rows(people, settled, UserErrorCode.ALREADY_ASSIGNED, "This person holds a seat of it already.")
    payload.seats = sorted([*added, *taken.seats], key=lambda seat: people[seat.holder_id or ""])
    await _record(change, input, "assigned", {seat.id: seat.holder_id for seat in payload.seats})
    return payload


@mutation(Action.SEATS_UNASSIGN)
async def unassign_seats(change: Change, input: UnassignSeatsInput) -> UnassignSeatsPayload:
    """Take the product's seat back from each of these people.

    It ends the direct reason to hold the seat. Who holds none is told NOT_ASSIGNED; where a group or the team's
    default still gives the seat, it stays (SOURCE_REMAINS, which names the group); both are information. DUPLICATE
    and NOT_FOUND stop everything under ALL_OR_NOTHING, and only their own row under BEST_EFFORT.
    Raises NOT_FOUND for the team or the product, FORBIDDEN.
    """
    await _decide(change, input)
    payload = UnassignSeatsPayload(input.team_id, input.product_id)
    people = await people_of(change, input, payload.errors)
    if not people:
        return payload
    ended = await assignments.free(change.connection, input.team_id, input.product_id, list(people), DIRECT, change.by)
    without = set(people) - {one.user_id for one in ended}
    payload.errors += rows(people, without, UserErrorCode.NOT_ASSIGNED, "This person holds no seat of this product.")
    payload.errors += await _remaining(change, people, [one for one in ended if not one.freed])
    payload.seats = [SeatRow(one.seat_id, input.team_id, one.product_id, None, None) for one in ended if one.freed]
    await _record(change, input, "unassigned", {one.seat_id: one.user_id for one in ended if one.ended})
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
    moved = await assignments.move(change.connection, team.id, seat.id, input.from_user_id, input.to_user_id, change.by)
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
    team = await change.team(input.team_id)
    await change.product(input.product_id)
    # An empty list is refused too when the actor may not act; a seat of nobody stands for it.
    people: set[str | None] = {*input.user_ids} or {None}
    await change.decide(*(facts.seat(change.actor, team.id, one) for one in people))


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


async def _record(change: Change, input: PoolInput, what: str, seats_of: dict[str, str | None]) -> None:
    if seats_of:
        await change.record(input.team_id, input.product_id, {}, {"product": input.product_id, what: seats_of})
