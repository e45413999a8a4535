"""Load the demo company, as `usher run` and `usher db seed` do."""

from db.core import ids
from db.demo import company
from domain.actions import Action
from gateway.runtime import subjects
from policies import facts
from resolvers.access import passwords
from resolvers.core.system import Workspace


async def load_demo(workspace: Workspace, command: str) -> bool:
    """Load the demo company into an empty database. Returns False, and changes nothing, if it is not empty."""
    async with workspace.change(subjects.command(command), Action.DEMO_LOAD, ids.new("run")) as change:
        await change.decide(facts.GATEWAY)
        loaded = await company.load(change.connection, passwords.hash_password)
        if loaded:
            await change.record(None, None, {}, {"loaded": "demo company"})
        return loaded
