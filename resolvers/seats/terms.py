"""What the daily job `calendar` does with seats when subscriptions begin and end."""

from datetime import date
from typing import Any

from db.people import members
from db.seats import terms, waiting_list
from db.seats.terms import Due, EndedTerms
from policies import facts
from resolvers.core.mutations import Change


async def end(change: Change, pool: Due, today: date) -> EndedTerms:
    """Take back the seats of ended subscriptions."""
    await change.decide(facts.subscription(change.actor, pool.team_id))
    holders = await terms.holders_of_ended(change.connection, pool, today)
    if not holders:
        return EndedTerms([], [], [])
    await members.lock(change.connection, pool.team_id, holders)
    await waiting_list.lock_for_joining(change.connection, pool.team_id)
    ended = await terms.end(change.connection, pool, holders, change.by, today)
    if ended.lost:
        before = {"subscriptions": sorted({one.subscription_id for one in ended.lost}), "holders": lost_seats(ended)}
        await _record(change, pool, before, moved=moved_seats(ended), waiting=ended.waiting)
    return ended


async def begin(change: Change, pool: Due, today: date) -> int:
    """Give the seats that can be used now to the waiting list. Returns the number of seats."""
    await change.decide(facts.subscription(change.actor, pool.team_id))
    await waiting_list.lock_for_freeing(change.connection, pool.team_id)
    promoted = await waiting_list.promote(change.connection, *pool, today)
    if promoted:
        await _record(change, pool, {}, promoted={seat.id: seat.holder_id for seat in promoted})
    return len(promoted)


def lost_seats(ended: EndedTerms) -> dict[str, str]:
    """What an audit row says about seats that were taken back: their holders, by seat id."""
    return {one.seat_id: one.user_id for one in ended.lost}


def moved_seats(ended: EndedTerms) -> dict[str, str | None]:
    """What an audit row says about the seats that holders got instead: these holders, by seat id."""
    return {seat.id: seat.holder_id for seat in ended.moved}


async def _record(change: Change, pool: Due, before: dict[str, Any], **after: Any) -> None:
    changed = {name: value for name, value in after.items() if value}
    await change.record(pool.team_id, pool.product_id, before, {"product": pool.product_id, **changed})
