"""The daily job `calendar`: what happens to seats when subscriptions begin and end.

It can run twice, late, and in several processes at the same time: every pool is handled in a transaction of its own,
by its present state and today's date.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from db.core import ids
from db.core.connection import DatabaseError
from db.people import members
from db.seats import terms, waiting_list
from db.seats.terms import Due, EndedTerms
from domain.actions import Action
from domain.subjects import System
from policies import facts
from resolvers.core.mutations import Change
from resolvers.core.retries import retried
from resolvers.core.system import Workspace

MAX_NAMED = 10
"""How many of the pools that failed the message names."""


class CalendarReport(NamedTuple):
    """How many people kept a seat by another subscription, lost theirs, and got one from the waiting list."""

    moved: int = 0
    waiting: int = 0
    promoted: int = 0


class CalendarFailed(Exception):
    """Some pools could not be handled, and all others were. The message names the pools, and what failed in each.

    It has no text of the database, which may hold values of a row.
    """

    def __init__(self, report: CalendarReport, failures: Mapping[Due, Exception]) -> None:
        """`report` counts what was done."""
        named = [f"{pool.team_id} {pool.product_id} ({_reason(error)})" for pool, error in failures.items()]
        more = ", …" if len(named) > MAX_NAMED else ""
        super().__init__(
            f"Pools that failed: {len(named)}, namely {', '.join(named[:MAX_NAMED])}{more}. All others are done."
        )
        self.report, self.failures = report, failures


async def run_calendar(workspace: Workspace, subject: System) -> CalendarReport:
    """Do what is due today (UTC) in all pools, and return how many people were affected.

    A pool that fails does not keep the others from being handled. Raises CalendarFailed at the end.
    """
    run_id, report, failures = ids.new("run"), CalendarReport(), dict[Due, Exception]()
    async with workspace.database.snapshot() as connection:
        due = await terms.due(connection)
    for pool in due:
        try:
            ended = await retried(partial(_end, workspace, subject, run_id, pool))
            moved, waiting = report.moved + len(ended.moved), report.waiting + len(ended.waiting)
            report = report._replace(moved=moved, waiting=waiting)
            promoted = await retried(partial(_begin, workspace, subject, run_id, pool))
            report = report._replace(promoted=report.promoted + promoted)
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not keep the other pools from their seats
            failures[pool] = error
    if failures:
        defects = (error for error in failures.values() if not isinstance(error, DatabaseError))
        raise CalendarFailed(report, failures) from next(defects, None)
    return report


async def _end(workspace: Workspace, subject: System, run_id: str, pool: Due) -> EndedTerms:
    """Take back the seats of ended subscriptions."""
    async with workspace.change(subject, Action.SUBSCRIPTIONS_END, run_id) as change:
        await change.decide(facts.subscription(change.actor, pool.team_id))
        holders = await terms.holders_of_ended(change.connection, *pool)
        if not holders:
            return EndedTerms([], [], [])
        await members.lock(change.connection, pool.team_id, holders)
        await waiting_list.lock_for_joining(change.connection, pool.team_id)
        ended = await terms.end(change.connection, *pool, holders, change.by)
        if ended.lost:
            before = {
                "subscriptions": sorted({one.subscription_id for one in ended.lost}),
                "holders": {one.seat_id: one.user_id for one in ended.lost},
            }
            moved = {seat.id: seat.holder_id for seat in ended.moved}
            await _record(change, pool, before, moved=moved, waiting=ended.waiting)
        return ended


async def _begin(workspace: Workspace, subject: System, run_id: str, pool: Due) -> int:
    """Give the seats that can be used now to the waiting list. Returns the number of seats."""
    async with workspace.change(subject, Action.SUBSCRIPTIONS_BEGIN, run_id) as change:
        await change.decide(facts.subscription(change.actor, pool.team_id))
        await waiting_list.lock_for_freeing(change.connection, pool.team_id)
        promoted = await waiting_list.promote(change.connection, *pool)
        if promoted:
            await _record(change, pool, {}, promoted={seat.id: seat.holder_id for seat in promoted})
        return len(promoted)


async def _record(change: Change, pool: Due, before: dict[str, Any], **after: Any) -> None:
    changed = {name: value for name, value in after.items() if value}
    await change.record(pool.team_id, pool.product_id, before, {"product": pool.product_id, **changed})


def _reason(error: Exception) -> str:
    state = f" {error.sqlstate}" if isinstance(error, DatabaseError) else ""
    return f"{type(error).__name__}{state}"
