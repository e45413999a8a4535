"""What commands need that change the database: the policy, the database, and the mutations of the graph."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from db.core import ids, migrate
from domain.problems import Problem
from gateway import databases
from gateway.cli.failures import CommandFailed
from gateway.runtime import settings, subjects
from policies.engine.live import LivePolicy
from resolvers.core.context import Context
from resolvers.core.mutation_types import MutationInput
from resolvers.core.system import Workspace


class _CommandInfo(NamedTuple):
    """All that a mutation reads of GraphQL's info."""

    context: Context


@contextmanager
def opened_workspace() -> Iterator[tuple[asyncio.Runner, Workspace]]:
    """Yield an event loop and the workspace of one command. Raises StartupError, PolicyRefused or CommandFailed."""
    chosen = settings.load()
    live = LivePolicy(chosen.policy)
    with databases.opened_database(chosen) as (runner, database):
        if not runner.run(migrate.is_current(database)):
            raise CommandFailed("The database does not have this version's tables. Run `usher db upgrade`.")
        yield runner, Workspace(database, live.current)


async def mutate(workspace: Workspace, name: str, mutation: Any, input: MutationInput) -> Any:
    """Run a mutation as a command of this name, and return its payload. Raises CommandFailed with its errors."""
    context = workspace.context(subjects.command(name), ids.new("run"))
    try:
        payload = await mutation(_CommandInfo(context), input)
    except Problem as problem:
        raise CommandFailed(str(problem)) from problem
    finally:
        await context.end()
    if payload.errors:
        raise CommandFailed(" ".join(f"{'.'.join(error.field)}: {error.message}" for error in payload.errors))
    return payload
