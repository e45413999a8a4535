"""What the daily job `calendar` does with a scheduled change whose term has begun: it retires seats, or adds some."""

from collections.abc import Sequence
from datetime import date

import anyio

from db.contracts import due_changes
from db.contracts.due_changes import DueChange
from db.core import ids
from db.people import members
from db.seats import retired, waiting_list
from db.seats.retired import Owner
from db.seats.seats import SeatRow
from db.seats.terms import EndedTerms
from policies import facts
from resolvers.core.mutation_types import PeopleMoved
from resolvers.core.mutations import Change
from resolvers.seats.terms import lost_seats, moved_seats

NOBODY = EndedTerms([], [], [])


async def apply(change: Change, due: DueChange, today: date) -> tuple[EndedTerms, list[SeatRow]] | None:
    """Let a subscription have as many seats as was scheduled.

    Returns what became of the holders of retired seats, and the seats that people on the waiting list got; None if the
    change is not pending any more. Raises PeopleMoved, after which it runs again.
    """
    connection, owner = change.connection, Owner(due.team_id, due.product_id, due.subscription_id)
    await change.decide(facts.subscription(change.actor, due.team_id))
    locked = await _lock_holders(change, due, owner)
    await waiting_list.lock_for_joining(connection, due.team_id)
    if not await due_changes.apply(connection, due, change.by):
        return None
    surplus = await due_changes.surplus(connection, due)
    ended, promoted = NOBODY, list[SeatRow]()
    if surplus > 0:
        ended = await _retire(change, due, owner, surplus, locked, today)
    elif surplus < 0:
        promoted = await _add(change, owner, -surplus, today)
    if surplus:
        await due_changes.count(connection, due, -surplus)
    await _record(change, due, due.seats + surplus, ended, promoted)
    return ended, promoted


async def _lock_holders(change: Change, due: DueChange, owner: Owner) -> set[str]:
    """Lock the memberships of the people who are about to lose a seat. Returns their user ids."""
    surplus = await due_changes.surplus(change.connection, due)
    if surplus <= 0:
        return set()
    seats = await retired.pick(change.connection, owner, surplus, due.seat_ids)
    holders = {seat.holder_id for seat in seats if seat.holder_id is not None}
    await members.lock(change.connection, due.team_id, sorted(holders))
    return holders


async def _retire(
    change: Change, due: DueChange, owner: Owner, number: int, locked: set[str], today: date
) -> EndedTerms:
    """Retire this many seats. Raises PeopleMoved if other people hold them now than those who were locked."""
    await waiting_list.lock_list(change.connection, due.team_id, due.product_id)
    seats = await retired.pick(change.connection, owner, number, due.seat_ids, lock=True)
    holders = {seat.holder_id for seat in seats if seat.holder_id is not None}
    if not holders <= locked:
        raise PeopleMoved("The seats that are to be given up are being assigned at this moment. Try again.")
    return await retired.retire(change.connection, owner, seats, change.by, today)


async def _add(change: Change, owner: Owner, number: int, today: date) -> list[SeatRow]:
    """Add this many seats, and serve the waiting list. Returns the seats that people got."""
    # In a thread: to make the ids of the largest subscription takes 0.2 s.
    seat_ids = await anyio.to_thread.run_sync(lambda: [ids.new("seat") for _ in range(number)])
    await retired.add(change.connection, owner, seat_ids)
    return await waiting_list.promote(change.connection, owner.team_id, owner.product_id, today)


async def _record(change: Change, due: DueChange, seats: int, ended: EndedTerms, promoted: Sequence[SeatRow]) -> None:
    people = {
        "moved": moved_seats(ended),
        "waiting": ended.waiting,
        "promoted": {seat.id: seat.holder_id for seat in promoted},
    }
    before = {"seats": seats, "holders": lost_seats(ended)} if ended.lost else {"seats": seats}
    after = {"product": due.product_id, "seats": due.seats, "effective": due.effective_on.isoformat()}
    after |= {name: value for name, value in people.items() if value}
    await change.record(due.team_id, due.subscription_id, before, after)
