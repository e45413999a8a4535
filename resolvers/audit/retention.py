"""The job `sweep`: it deletes records whose time is over, in batches."""

from db.audit.retention import BATCH, RETENTIONS, delete_expired
from db.core import ids
from domain.actions import Action
from domain.subjects import System
from policies import facts
from resolvers.core.system import Workspace


async def sweep(workspace: Workspace, subject: System) -> dict[str, int]:
    """Delete all records whose time is over. Returns how many, by table; a table without one is left out.

    Each batch is a transaction with its audit row. Several workers can sweep at the same time. Raises Forbidden.
    """
    run_id, deleted = ids.new("run"), dict[str, int]()
    for table in (one.table for one in RETENTIONS):
        while number := await _sweep_batch(workspace, subject, run_id, table):
            deleted[table] = deleted.get(table, 0) + number
            if number < BATCH:
                break
    return deleted


async def _sweep_batch(workspace: Workspace, subject: System, run_id: str, table: str) -> int:
    async with workspace.change(subject, Action.RECORDS_DELETE, run_id) as change:
        await change.decide(facts.GATEWAY)
        number = await delete_expired(change.connection, table)
        if number:
            await change.record(None, None, {}, {"table": table, "deleted": number})
        return number
