"""The job `notices`: it tells grantors that their partner tokens end soon.

It can run twice, late, and in several processes at the same time: it looks at the present state, and the tokens of a
team are marked in the transaction that queues the mails.
"""

from functools import partial

from db.access import token_notices
from db.audit import audit_log
from db.audit.audit_log import TargetChange
from db.core import ids
from db.queue import jobs
from domain.actions import Action
from domain.mails import TOKEN_ENDING, TokenEndingMail
from domain.subjects import System
from policies import facts
from resolvers.core.retries import retried
from resolvers.core.system import Workspace


async def queue_notices(workspace: Workspace, subject: System) -> int:
    """Queue the mails that are due, 14 days and 1 day before a token ends. Returns how many. Raises Forbidden."""
    run_id, queued = ids.new("run"), 0
    async with workspace.database.snapshot() as connection:
        teams = await token_notices.due_teams(connection)
    for team_id in teams:
        queued += await retried(partial(_queue, workspace, subject, run_id, team_id))
    return queued


async def _queue(workspace: Workspace, subject: System, run_id: str, team_id: str) -> int:
    """Queue the mails of one team."""
    async with workspace.change(subject, Action.MAILS_QUEUE, run_id) as change:
        await change.decide(facts.GATEWAY)
        due = await token_notices.mark(change.connection, team_id)
        if due:
            mails = [TokenEndingMail(team_id, one.token_id) for one in due]
            await jobs.enqueue(change.connection, TOKEN_ENDING, mails)
            changes = [
                TargetChange(one.token_id, {}, {"mail": TOKEN_ENDING.name, "daysBefore": one.days}) for one in due
            ]
            await audit_log.record_each(change.connection, await change.audit_row(team_id, None, {}, {}), changes)
        return len(due)
