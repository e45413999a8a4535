"""Gives people a source of a seat, or ends one, and serves the waiting list in the same transaction."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from db.core.connection import Connection
from db.seats import assignments, reassignments, waiting_list
from db.seats.assignments import Ended
from db.seats.seats import SeatRow
from db.seats.waiting_list import Withdrawn
from db.seats.waits import WaitRow
from domain.bulk import BulkMode
from domain.seats import Source


class Allocated(NamedTuple):
    """The result for people who were to get a seat with a source; each list is in the order of the people.

    `seats`: the seats that they got, or that they already held and that have this source now too. `already_held`: the
    seats of people that already had this source. `unserved`: the people who got no seat and do not wait for one.
    `waiting`: the places of the people who got no seat and are on the waiting list. `promoted`: seats that went to
    people who were on the waiting list before. `kept`: the ids of those of the seats that the people held already.
    """

    seats: list[SeatRow]
    already_held: list[SeatRow]
    unserved: list[str]
    waiting: list[WaitRow]
    promoted: list[SeatRow]
    kept: Collection[str] = ()
    called: Collection[str] = ()


class Moved(NamedTuple):
    """The seat with its new holder, and whether they waited for one."""

    seat: SeatRow
    waited: bool


class Unassigned(NamedTuple):
    """The result of ending a source.

    `ended`: one for each seat that the people held. `withdrawn`: the waits that ended. `promoted`: the seats that went
    to people on the waiting list.
    """

    ended: list[Ended]
    withdrawn: list[Withdrawn]
    promoted: list[SeatRow]


def assigned_or_kept(seats: Sequence[SeatRow], kept: Collection[str]) -> dict[str, dict[str, str | None]]:
    """What an audit row says about seats that people got or already held (`kept`): their holders by seat id."""
    return {
        "assigned": {seat.id: seat.holder_id for seat in seats if seat.id not in kept},
        "sourceAdded": {seat.id: seat.holder_id for seat in seats if seat.id in kept},
    }


def freed_or_kept(ended: Sequence[Ended]) -> dict[str, dict[str, str]]:
    """What an audit row says about seats of which sources ended: by seat id, who lost it, or still holds it."""
    return {
        "freed": {one.seat_id: one.user_id for one in ended if one.freed},
        "sourceEnded": {one.seat_id: one.user_id for one in ended if one.ended and not one.freed},
    }


async def give(
    connection: Connection,
    team_id: str,
    product_id: str,
    user_ids: Sequence[str],
    source: Source,
    by: str,
    *,
    mode: BulkMode,
) -> Allocated:
    """Give these people, in order, a seat of a product with this source; seats that they already hold get it too.

    If there are too few seats, nothing changes under ALL_OR_NOTHING, and under WAITLIST the others join the waiting
    list. The memberships must be locked. A transaction that gives several products begins with the lowest product id.
    If it also takes products back, it calls `waiting_list.lock_for_joining` before everything else.
    """
    pool, promoted = (team_id, product_id), list[SeatRow]()
    if mode is BulkMode.WAITLIST:
        await waiting_list.lock_for_joining(connection, team_id)
        promoted += await waiting_list.promote(connection, *pool)
    waiting = await waiting_list.lock_waits(connection, *pool, user_ids)
    all_or_nothing = mode is BulkMode.ALL_OR_NOTHING
    givers = dict.fromkeys(user_ids, by)
    assigned = await assignments.assign(connection, *pool, givers, source, all_or_nothing=all_or_nothing)
    if assigned.unserved and all_or_nothing:
        return Allocated([], [], assigned.unserved, [], [])
    served, kept = {seat.holder_id: seat for seat in assigned.seats}, set[str]()
    called = sorted(user_id for user_id in waiting if user_id in served)
    if called:
        await waiting_list.convert_waits(connection, *pool, called)
    if assigned.held:
        added = await assignments.add_source(connection, *pool, sorted(assigned.held), source)
        served, kept = served | {seat.holder_id: seat for seat in added}, {seat.id for seat in added}
    seats = [served[user_id] for user_id in user_ids if user_id in served]
    unchanged = (user_id for user_id in user_ids if user_id in assigned.held and user_id not in served)
    already_held = [assigned.held[user_id] for user_id in unchanged]
    if not assigned.unserved or mode is not BulkMode.WAITLIST:
        return Allocated(seats, already_held, assigned.unserved, [], promoted, kept, called)
    joined = await waiting_list.join(connection, *pool, assigned.unserved, source, by)
    return Allocated(seats, already_held, [], joined, promoted, kept, called)


async def end(
    connection: Connection,
    team_id: str,
    product_id: str | None,
    user_ids: Sequence[str],
    source: Source | None,
    by: str,
) -> Unassigned:
    """End a source (None: every source) of the seats and the waits of these people for a product (None: for all).

    Freed seats go to the people on the waiting list, in order. The memberships must be locked.
    """
    await waiting_list.lock_for_freeing(connection, team_id)
    products = await waiting_list.products_to_serve(connection, team_id, product_id, user_ids)
    result = Unassigned([], [], [])
    if product_id not in products:
        freed = await assignments.free(connection, team_id, product_id, user_ids, source, by, passed_over=products)
        result.ended.extend(freed)
    for one in products:
        await waiting_list.lock_list(connection, team_id, one)
        result.withdrawn.extend(await waiting_list.withdraw(connection, team_id, one, user_ids, source))
        result.ended.extend(await assignments.free(connection, team_id, one, user_ids, source, by))
        result.promoted.extend(await waiting_list.promote(connection, team_id, one))
    return result


async def move(connection: Connection, seat: SeatRow, from_id: str, to_id: str, by: str) -> Moved | None:
    """Move a seat as `reassignments.move` does. If the receiver waits for the product, the wait becomes a source."""
    pool = (seat.team_id, seat.product_id)
    waiting = await waiting_list.lock_waits(connection, *pool, [to_id])
    moved = await reassignments.move(connection, seat.team_id, seat.id, from_id, to_id, by)
    if moved is None:
        return None
    if waiting:
        await waiting_list.convert_waits(connection, *pool, [to_id])
    return Moved(moved, bool(waiting))
