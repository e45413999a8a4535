"""How commands and jobs make changes: as a subject of the kind `system`, which no request can be.

    async with workspace.change(System("job calendar"), Action.SUBSCRIPTIONS_END, job.id) as change:
        await change.decide(facts.subscription(change.actor, team_id))
        ...
        await change.record(team_id, subscription_id, before, after)

A function of a mutation can run as a command too: `run_mutation(workspace.context(subject, id_), action, work, ...)`.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from db.core.connection import Connection
from db.core.database import Database
from domain.actions import Action
from domain.subjects import System
from policies.engine.policy import Policy
from resolvers.core.context import Context
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change


@dataclass(frozen=True)
class Workspace:
    """What the commands and jobs of a process share: the database, and a function that returns the policy in force."""

    database: Database
    policy: Callable[[], Policy]
    stored_policy_hashes: set[str] = field(default_factory=set)

    def context(self, subject: System, id_: str) -> Context:
        """The context of one run of a command or a job. The audit log stores `id_` as the id of the request."""
        return Context(
            self.database,
            self.policy(),
            None,
            id_,
            "",
            preflighted=False,
            stored_policy_hashes=self.stored_policy_hashes,
            system=subject,
        )

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """A connection on which all statements see the same moment, until the block ends."""
        async with self.database.snapshot() as connection:
            yield connection

    @asynccontextmanager
    async def rehearsal(self) -> AsyncIterator["Rehearsal"]:
        """A workspace in which nothing lasts: its changes share a transaction, which is rolled back at the end."""
        async with self.database.transaction() as connection:
            yield Rehearsal(self.database, self.policy, connection=connection)

    @asynccontextmanager
    async def change(self, subject: System, action: Action, id_: str) -> AsyncIterator[Change]:
        """A transaction in which a command or a job decides, changes and records, as a mutation does.

        It commits if its block raises no error. Raises AssertionError if the block made no decision.
        """
        context = self.context(subject, id_)
        async with context.writing(dry_run=False) as (connection, _):
            change = Change(context, connection, context.actor, action, MutationInput())
            yield change
            change.require_decision()
        if change.stored_policy:
            self.stored_policy_hashes.add(context.policy.hash)


@dataclass(frozen=True)
class Rehearsal(Workspace):
    """A workspace whose changes share one transaction. Each change sees those before it."""

    connection: Connection = field(kw_only=True)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """The connection of the transaction."""
        yield self.connection

    @asynccontextmanager
    async def change(self, subject: System, action: Action, id_: str) -> AsyncIterator[Change]:
        """A part of the transaction, which is undone alone if its block raises an error."""
        savepoint = await self.connection.savepoint()
        try:
            change = Change(self.context(subject, id_), self.connection, subject, action, MutationInput())
            yield change
            change.require_decision()
        except BaseException:
            await savepoint.rollback()
            raise
