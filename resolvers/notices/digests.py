"""The job `digests`: once a day, each person gets the notices that they want to get together in one mail.

It can run twice, late, and in several processes at the same time: a notice belongs to one digest.
"""

from functools import partial

from db.core import ids
from db.notices import notices
from domain.actions import Action
from domain.mails import DIGEST
from domain.subjects import System
from policies import facts
from resolvers.core.retries import retried
from resolvers.core.system import Workspace


async def queue_digests(workspace: Workspace, subject: System) -> int:
    """Queue a mail for each person with notices from before today (UTC). Returns how many. Raises Forbidden."""
    return await retried(partial(_queue, workspace, subject, ids.new("run")))


async def _queue(workspace: Workspace, subject: System, run_id: str) -> int:
    async with workspace.change(subject, Action.MAILS_QUEUE, run_id) as change:
        await change.decide(facts.GATEWAY)
        digests = await notices.queue_digests(change.connection)
        if digests:
            await change.record(None, None, {}, {"mail": DIGEST.name, "queued": len(digests)})
        return len(digests)
