"""The daily job `calendar`: it renews subscriptions, changes their seats, and takes seats back when they end.

It can run twice, late, and in several processes at the same time: every subscription and every pool is handled in a
transaction of its own, by its present state and the day (UTC).
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple

from db.contracts import due_changes as stored_changes
from db.contracts import due_terms as stored_terms
from db.contracts.due_changes import DueChange
from db.contracts.due_terms import DueSubscription
from db.core import ids
from db.core.connection import DatabaseError
from db.notices import rehearsed_notices
from db.notices.rehearsed_notices import RehearsedNotice
from db.seats import terms as stored_seats
from db.seats.terms import Due
from domain.actions import Action
from domain.failures import Failure
from domain.subjects import System
from resolvers.contracts import due_changes, due_terms
from resolvers.contracts.announcements import announce
from resolvers.core.mutations import Change
from resolvers.core.retries import retried
from resolvers.core.system import Workspace
from resolvers.seats import terms

MAX_NAMED = 10
"""How many of the pools and subscriptions that failed the message names."""


class CalendarReport(NamedTuple):
    """How many people kept a seat by another seat, lost theirs, and got one from the waiting list.

    `renewed` is the number of terms that were appended, and `changed` that of scheduled changes that were applied.
    """

    moved: int = 0
    waiting: int = 0
    promoted: int = 0
    renewed: int = 0
    changed: int = 0


NOTHING = CalendarReport()


class Target(NamedTuple):
    """What a step is about: a subscription, or the pool of a product (`id`), of a team."""

    team_id: str
    id: str


class Step(NamedTuple):
    """What the calendar did in one transaction."""

    action: Action
    target: Target
    report: CalendarReport


class CalendarFailed(Failure):
    """Some pools or subscriptions could not be handled, and all others were.

    The message names them, and what failed in each. It has no text of the database, which may hold values of a row.
    """

    def __init__(self, steps: Sequence[Step], failures: Mapping[Target, Exception]) -> None:
        """`steps` are what was done."""
        named = [f"{target.team_id} {target.id} ({_reason(error)})" for target, error in failures.items()]
        more = ", …" if len(named) > MAX_NAMED else ""
        super().__init__(
            f"Pools and subscriptions that failed: {len(named)}, namely {', '.join(named[:MAX_NAMED])}{more}. "
            "All others are done."
        )
        self.steps, self.report, self.failures = steps, total(steps), failures


@dataclass
class _Run:
    """One run of the calendar: its steps so far, and what failed."""

    workspace: Workspace
    subject: System
    id: str = field(default_factory=lambda: ids.new("run"))
    steps: list[Step] = field(default_factory=list)
    failures: dict[Target, Exception] = field(default_factory=dict)

    async def do(
        self, action: Action, target: Target, work: Callable[[Change], Awaitable[CalendarReport]]
    ) -> CalendarReport:
        """Do a step in a transaction of its own, unless something has failed about its target."""
        if target in self.failures:
            return NOTHING
        try:
            report = await retried(partial(self._once, action, work))
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not keep the others from being handled
            self.failures[target] = error
            return NOTHING
        if report != NOTHING:
            self.steps.append(Step(action, target, report))
        return report

    async def _once(self, action: Action, work: Callable[[Change], Awaitable[CalendarReport]]) -> CalendarReport:
        async with self.workspace.change(self.subject, action, self.id) as change:
            return await work(change)


async def run_calendar(workspace: Workspace, subject: System) -> CalendarReport:
    """Do what is due today (UTC, by the clock of the database). Returns what was done, as `run_day` does it."""
    return total(await run_day(workspace, subject))


async def run_day(workspace: Workspace, subject: System, day: date | None = None) -> list[Step]:
    """Do what is due on a day (None: today), in this order: renew, change, end, begin.

    What fails does not keep the others from being handled. Raises CalendarFailed at the end.
    """
    run = _Run(workspace, subject)
    async with workspace.reading() as connection:
        today = day or await stored_terms.today(connection)
        renewals = await stored_terms.due(connection, today)
    for subscription in renewals:
        renew = partial(_renew, subscription, today)
        while (await run.do(Action.SUBSCRIPTIONS_RENEW, Target(*subscription), renew)).renewed:
            pass  # another term has passed already
    async with workspace.reading() as connection:
        changes = await stored_changes.due(connection, today)
    for one in changes:
        target = Target(one.team_id, one.subscription_id)
        await run.do(Action.SUBSCRIPTIONS_RENEW, target, partial(_apply, one, today))
    async with workspace.reading() as connection:
        pools = await stored_seats.due(connection, today)
    for pool in pools:
        await run.do(Action.SUBSCRIPTIONS_END, Target(*pool), partial(_end, pool, today))
        await run.do(Action.SUBSCRIPTIONS_BEGIN, Target(*pool), partial(_begin, pool, today))
    if run.failures:
        defects = (error for error in run.failures.values() if not isinstance(error, DatabaseError))
        raise CalendarFailed(run.steps, run.failures) from next(defects, None)
    return run.steps


async def preview(
    workspace: Workspace, subject: System, until: date, show: Callable[[date, Step | RehearsedNotice], None]
) -> None:
    """Show what the calendar would do on each day from today to another day (UTC), if nobody changes anything.

    After the steps of a day it shows the notices that contract managers would get on it. It does it in one
    transaction, which is rolled back. Until then it keeps its locks. Raises CalendarFailed.
    """
    told = set[str]()
    async with workspace.rehearsal() as rehearsal:
        async with rehearsal.reading() as connection:
            day = await stored_terms.today(connection)
        while day <= until:
            for step in await run_day(rehearsal, subject, day):
                show(day, step)
            await announce(rehearsal, subject, day)
            async with rehearsal.reading() as connection:
                for notice in await rehearsed_notices.queued(connection):
                    if notice.event_key not in told:
                        show(day, notice)
                        told.add(notice.event_key)
            day += timedelta(1)


def total(steps: Sequence[Step]) -> CalendarReport:
    """The counts of all steps together."""
    return CalendarReport(*map(sum, zip(NOTHING, *(step.report for step in steps), strict=True)))


async def _renew(subscription: DueSubscription, today: date, change: Change) -> CalendarReport:
    return CalendarReport(renewed=int(await due_terms.renew(change, subscription, today)))


async def _apply(due: DueChange, today: date, change: Change) -> CalendarReport:
    applied = await due_changes.apply(change, due, today)
    if applied is None:
        return NOTHING
    ended, promoted = applied
    return CalendarReport(len(ended.moved), len(ended.waiting), len(promoted), changed=1)


async def _end(pool: Due, today: date, change: Change) -> CalendarReport:
    ended = await terms.end(change, pool, today)
    return CalendarReport(len(ended.moved), len(ended.waiting))


async def _begin(pool: Due, today: date, change: Change) -> CalendarReport:
    return CalendarReport(promoted=await terms.begin(change, pool, today))


def _reason(error: Exception) -> str:
    state = f" {error.sqlstate}" if isinstance(error, DatabaseError) else ""
    return f"{type(error).__name__}{state}"
