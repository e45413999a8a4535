"""What the calendar tells contract managers: that subscriptions renew themselves or end, unpaid invoices, last seats.

It can run twice, late, and in several processes at the same time: it looks at the present state, and nobody is told of
an event twice.
"""

from datetime import UTC, date, datetime
from functools import partial

from db.audit import audit_log
from db.audit.audit_log import TargetChange
from db.contracts import announcements, low_pools
from db.core import ids
from db.notices import notices
from domain.actions import Action
from domain.mails import NOTICE
from domain.subjects import System
from policies import facts
from resolvers.core.retries import retried
from resolvers.core.system import Workspace


async def announce(workspace: Workspace, subject: System, today: date | None = None) -> int:
    """Queue the notices that are due on a day (UTC), by default today, in a transaction for each team.

    Returns how many. Raises Forbidden.
    """
    run_id, queued, today = ids.new("run"), 0, today or datetime.now(UTC).date()
    async with workspace.reading() as connection:
        teams = await announcements.due_teams(connection, today)
    for team_id in teams:
        queued += await retried(partial(_announce, workspace, subject, run_id, team_id, today))
    return queued


async def _announce(workspace: Workspace, subject: System, run_id: str, team_id: str, today: date) -> int:
    """Queue the notices about the contracts of one home team, and about the pools of a team."""
    async with workspace.change(subject, Action.MAILS_QUEUE, run_id) as change:
        await change.decide(facts.GATEWAY)
        told = await announcements.due(change.connection, team_id, today)
        told += await low_pools.settle(change.connection, team_id, today)
        queued = await notices.queue(change.connection, told)
        if queued:
            # Without the event: coordinators read this, too.
            changes = [TargetChange(one.id, {}, {"mail": NOTICE.name, "user": one.user_id}) for one in queued]
            await audit_log.record_each(change.connection, await change.audit_row(team_id, None, {}, {}), changes)
        return len(queued)
