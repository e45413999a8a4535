"""Reasons to hold a seat, given and ended: whichever way that comes about, the line of those who wait moves with it."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from db.seats import assignments, waiting_list
from db.seats.assignments import Ended
from db.seats.seats import SeatRow
from db.seats.waiting_list import WaitRow, Withdrawn
from domain.bulk import BulkMode
from domain.seats import Source


class Given(NamedTuple):
    """What became of people who were to get a seat for a reason, each in the order they were named.

    `seats`: theirs now, or held for this reason too. `settled`: held one for this reason already. `short`: got none.
    `waiting`: got none and stand in the line. `promoted`: seats that went to others, who were in the line before.
    """

    seats: list[SeatRow]
    settled: list[str]
    short: list[str]
    waiting: list[WaitRow]
    promoted: list[SeatRow]


class Taken(NamedTuple):
    """What became of people's seats when a reason ended, of their waits, and whose seats the freed ones are now."""

    ended: list[Ended]
    withdrawn: list[Withdrawn]
    promoted: list[SeatRow]


async def give(
    connection: AsyncConnection,
    team_id: str,
    product_id: str,
    user_ids: Sequence[str],
    source: Source,
    by: str,
    *,
    mode: BulkMode,
) -> Given:
    """Give these people a seat of a product for a reason, in order; it adds the reason to seats they hold already.

    A shortage under ALL_OR_NOTHING changes nothing; under WAITLIST, who gets none waits. The memberships must be
    locked. Who gives several products begins with the least id; who takes others back as well, with `waits.queueing`.
    """
    pool, promoted = (team_id, product_id), list[SeatRow]()
    if mode is BulkMode.WAITLIST:
        await waiting_list.queueing(connection, team_id)
        promoted += await waiting_list.promote(connection, *pool)
    waiting = await waiting_list.lock(connection, *pool, user_ids)
    all_or_nothing = mode is BulkMode.ALL_OR_NOTHING
    givers = dict.fromkeys(user_ids, by)
    taken = await assignments.assign(connection, *pool, givers, source, all_or_nothing=all_or_nothing)
    if taken.short and all_or_nothing:
        return Given([], [], taken.short, [], [])
    served = {seat.holder_id: seat for seat in taken.seats}
    if waiting & served.keys():
        await waiting_list.fulfil(connection, *pool, sorted(waiting & served.keys()))
    if taken.held:
        added = await assignments.add(connection, *pool, sorted(taken.held), source)
        served |= {seat.holder_id: seat for seat in added}
    seats = [served[user_id] for user_id in user_ids if user_id in served]
    settled = [user_id for user_id in user_ids if user_id in taken.held and user_id not in served]
    if not taken.short or mode is not BulkMode.WAITLIST:
        return Given(seats, settled, taken.short, [], promoted)
    return Given(seats, settled, [], await waiting_list.queue(connection, *pool, taken.short, source, by), promoted)


async def end(
    connection: AsyncConnection,
    team_id: str,
    product_id: str | None,
    user_ids: Sequence[str],
    source: Source | None,
    by: str,
) -> Taken:
    """End a reason (None: every one) for which these people hold, or wait for, seats of a product (None: of all).

    Freed seats go to those who wait, in order. The memberships must be locked.
    """
    await waiting_list.freeing(connection, team_id)
    lines = await waiting_list.lines(connection, team_id, product_id, user_ids)
    taken = Taken([], [], [])
    if product_id not in lines:
        free = assignments.free(connection, team_id, product_id, user_ids, source, by, passed_over=lines)
        taken.ended.extend(await free)
    for line in lines:
        await waiting_list.lock_line(connection, team_id, line)
        taken.withdrawn.extend(await waiting_list.withdraw(connection, team_id, line, user_ids, source))
        taken.ended.extend(await assignments.free(connection, team_id, line, user_ids, source, by))
        taken.promoted.extend(await waiting_list.promote(connection, team_id, line))
    return taken


async def move(connection: AsyncConnection, seat: SeatRow, from_id: str, to_id: str, by: str) -> SeatRow | None:
    """Move a seat as `assignments.move` does; a receiver who waits for one waits no longer."""
    pool = (seat.team_id, seat.product_id)
    waiting = await waiting_list.lock(connection, *pool, [to_id])
    moved = await assignments.move(connection, seat.team_id, seat.id, from_id, to_id, by)
    if moved is not None and waiting:
        await waiting_list.fulfil(connection, *pool, [to_id])
    return moved
