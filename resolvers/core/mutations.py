"""How a mutation runs: the facts, the decision, the change, its audit row and its event share one transaction.

    @mutation(Action.SEATS_ASSIGN)
    async def assign_seats(change: Change, input: AssignSeatsInput) -> AssignSeatsPayload: ...

becomes a resolver of `(info, input)`. The function loads facts on `change.connection`, calls `change.decide`, changes
rows, and calls `change.record`. If it raises an error, the transaction is rolled back. `facts` returns the
facts that are read in the statement that loads the actor; see `resolvers.core.fact_rows`.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar, get_type_hints

from db.audit import audit_log, policy_texts
from db.audit.audit_log import PersonalValues
from db.catalogue import products
from db.catalogue.products import ProductRow
from db.core.audit_rows import AuditRow, author
from db.core.connection import Connection
from db.core.fusion import ActorReach
from db.core.rows import one_or_none
from db.people import teams
from db.people.teams import TeamRow
from db.seats import seats
from db.seats.seats import SeatRow
from db.tables.types import Json
from domain.actions import Action
from domain.problems import NotFound, Unauthenticated
from domain.reach import Reach
from domain.subjects import Actor, Anonymous, Partner, Person, System
from policies import audit_facts, facts
from resolvers.core import repeats
from resolvers.core.context import SIGN_IN, Context, Info
from resolvers.core.fact_rows import Fact, FactRows, pool_fact
from resolvers.core.mutation_types import MutationInput, Payload
from resolvers.core.refusals import refusal
from resolvers.core.retries import retried

In = TypeVar("In", bound=MutationInput)
Out = TypeVar("Out", bound=Payload)
V = TypeVar("V")
F = TypeVar("F", bound=Callable[..., Any])
R = TypeVar("R")
Work = Callable[["Change", In], Awaitable[Out]]
Facts = Callable[[In], Sequence[Fact[Any]]]


class StartOver(Exception):
    """The transaction of a quick attempt must be rolled back, and the mutation run again without a quick attempt."""


class _RepeatedRequest(Exception):
    """The request was sent before under this idempotency key; `answer` is its stored answer."""

    def __init__(self, answer: bytes) -> None:
        super().__init__()
        self.answer = answer


@dataclass
class Change:
    """One running mutation: its transaction, and the actor, loaded in this transaction.

    `known` are the facts that were read with the actor. `quick` says that the mutation may take a way that works in
    the usual case only, and raise StartOver. `also_decided` are the targets of the other actions that the mutation
    needed, by action. `key_owner` is the owner of the claimed idempotency key: a user id, a token id, or another id if
    nobody is signed in.
    """

    context: Context
    connection: Connection
    actor: Actor
    action: Action
    input: MutationInput
    known: FactRows = field(default_factory=FactRows)
    quick: bool = False
    targets: list[facts.Target] = field(default_factory=list)
    also_decided: dict[Action, set[facts.Target]] = field(default_factory=dict)
    decided: bool = False
    stored_policy: bool = False
    key_owner: str | None = None

    @property
    def by(self) -> str:
        """The actor as the history stores it: a user id, a token id, or a command or a job. Raises Unauthenticated."""
        if isinstance(self.actor, Partner):
            return self.actor.token_id
        if isinstance(self.actor, Person):
            return self.actor.user_id
        if isinstance(self.actor, System):
            return self.actor.name
        raise Unauthenticated(SIGN_IN)

    def reach(self, action: Action) -> Reach:
        """The rows on which the actor may do this action. Raises Unauthenticated if nobody is signed in."""
        if isinstance(self.actor, Anonymous):
            raise Unauthenticated(SIGN_IN)
        return self.context.policy.reach(self.actor, action)

    async def reload_actor(self) -> None:
        """Load the actor again after a wait for a lock: their role may have changed. Raises Unauthenticated."""
        self.actor = (await self.context.load_actor(self.connection)).actor

    async def team(self, id_: str) -> TeamRow:
        """Load a team of the actor. Raises NotFound."""
        return require_row(await teams.by_ids(self.connection, self.reach(Action.TEAMS_READ), [id_]), id_, "team")

    async def find(self, fact: Fact[R]) -> list[R]:
        """The rows of a fact, which may be known from the statement that loaded the actor."""
        if (known := self.known.of(fact)) is not None:
            return known
        reached = [self.reach(one.action) if isinstance(one, ActorReach) and one.action else one for one in fact.args]
        return await fact.query.rows(self.connection, *reached)

    async def require_pool(self, team_id: str, product_id: str) -> None:
        """Raise NotFound unless the actor has this team and there is this product."""
        found = one_or_none(await self.find(pool_fact(team_id, product_id)))
        if found is None or not found.exists:
            raise NotFound("team" if found is None else "product")

    async def product(self, id_: str) -> ProductRow:
        """Load a product of the catalogue. Raises NotFound."""
        return require_row(await products.by_ids(self.connection, [id_]), id_, "product")

    async def seat(self, id_: str) -> SeatRow:
        """Load a seat that the actor may see. Raises NotFound."""
        return require_row(await seats.by_ids(self.connection, self.reach(Action.SEATS_READ), [id_]), id_, "seat")

    async def decide(self, *targets: facts.Target, key_owner: str | None = None) -> None:
        """Go on only if the policy allows the action on every target, and claim the idempotency key.

        `key_owner` owns the idempotency key if nobody is signed in yet. Raises Unauthenticated or Forbidden; BadInput
        or KeyReused for the key. If the request is a repeat, `run_mutation` returns the stored answer.
        """
        self.targets = sorted(set(targets), key=repr)
        self.require(self.targets)
        self.decided = True
        await self._claim_key(key_owner)

    def require(self, targets: Iterable[facts.Target]) -> None:
        """Go on only if the policy allows the action on every target; `decide` must still be called later.

        Raises Unauthenticated or Forbidden.
        """
        for target in targets:
            self._require(self.action, target)

    def require_also(self, action: Action, *targets: facts.Target) -> None:
        """Go on only if the policy also allows another action that this mutation does; the audit row shows it too.

        Raises Unauthenticated or Forbidden.
        """
        for target in targets:
            self._require(action, target)
        self.also_decided.setdefault(action, set()).update(targets)

    def require_decision(self) -> None:
        """Raise AssertionError if nothing was decided."""
        if not self.decided:
            raise AssertionError(f"{self.action} was carried out without a decision")

    def allows(self, action: Action, target: facts.Target) -> bool:
        """Whether the policy allows the actor an action on a target."""
        return self.context.policy.decide(self.actor, action, target).allowed

    async def record(
        self,
        team_id: str | None,
        target_id: str | None,
        before: Json,
        after: Json,
        *,
        by: str | None = None,
        people: Sequence[PersonalValues] = (),
    ) -> None:
        """Write the audit row and the event of the change; `by` is the account's id if nobody was signed in.

        `before` and `after` name people by their ids only. All that identifies them otherwise goes into `people`.
        """
        await audit_log.record(self.connection, await self.audit_row(team_id, target_id, before, after, by=by), people)

    async def audit_row(
        self, team_id: str | None, target_id: str | None, before: Json, after: Json, *, by: str | None = None
    ) -> AuditRow:
        """The audit row of the change, for a statement that writes it. The text of its policy is stored already."""
        policy = self.context.policy
        if policy.hash not in self.context.stored_policy_hashes:
            await policy_texts.store(self.connection, policy.hash, policy.source.text)
        self.stored_policy = True
        return AuditRow(
            team_id=team_id,
            **author(self.actor, by)._asdict(),
            action=self.action,
            target_id=target_id,
            before=before,
            after=after,
            facts=audit_facts.decision_records(self.actor, self.action, self.targets, self.also_decided),
            policy_hash=policy.hash,
            request_id=self.context.request_id,
        )

    def _require(self, action: Action, target: facts.Target) -> None:
        if not self.allows(action, target):
            if isinstance(self.actor, Anonymous):
                raise Unauthenticated(SIGN_IN)
            raise refusal(self.context.policy, self.actor, action, target)

    async def _claim_key(self, key_owner: str | None) -> None:
        if self.input.idempotency_key is not None:
            self.key_owner = key_owner or self.by
            answer = await repeats.claim(self.connection, self.key_owner, self.action, self.input)
            if answer is not None:
                raise _RepeatedRequest(answer)


def mutation(
    action: Action, facts: Facts[In] | None = None
) -> Callable[[Work[In, Out]], Callable[[Info, In], Awaitable[Out]]]:
    """Make a resolver of `(info, input)` from a function that makes a change under `action`.

    `facts` returns the facts for an input that are read together with the actor.
    """

    def wrap(work: Work[In, Out]) -> Callable[[Info, In], Awaitable[Out]]:
        hints = get_type_hints(work)

        async def resolve(info: Info, input: In) -> Out:
            return await run_mutation(info.context, action, work, input, hints["return"], facts)

        resolve.__name__, resolve.__module__, resolve.__doc__ = work.__name__, work.__module__, work.__doc__
        resolve.__annotations__ = {"info": Info, "input": hints["input"], "return": hints["return"]}
        resolve.facts = facts  # type: ignore[attr-defined] # the schema asks whether the mutation loads its actor
        return performs(action)(resolve)

    return wrap


def require_row(found: Mapping[str, V], id_: str, what: str) -> V:
    """The row with this id. Raises NotFound if `found` does not have it; `what` names the missing thing."""
    if id_ not in found:
        raise NotFound(what)
    return found[id_]


def performs(action: Action) -> Callable[[F], F]:
    """Declare the action of a resolver. If a root field declares none, the gateway does not start."""

    def mark(resolver: F) -> F:
        resolver.action = action  # type: ignore[attr-defined]
        return resolver

    return mark


async def run_mutation(
    context: Context,
    action: Action,
    work: Work[In, Out],
    input: In,
    payload: type[Out],
    facts: Facts[In] | None = None,
) -> Out:
    """Run a change under an action: answer repeats from the stored answer, and retry after deadlocks and StartOver.

    `mutation` calls it; call it directly from a resolver that does some work before the transaction.
    """
    once = partial(_run_once, context, action, work, input, facts)
    try:
        try:
            return await retried(partial(once, quick=True))
        except StartOver:
            return await retried(partial(once, quick=False))
    except _RepeatedRequest as repeat:
        return repeats.payload_of(payload, repeat.answer)


async def _run_once(
    context: Context, action: Action, work: Work[In, Out], input: In, facts: Facts[In] | None, *, quick: bool
) -> Out:
    read = [] if facts is None else facts(input)
    async with context.writing(read, dry_run=input.dry_run) as (connection, known):
        change = Change(context, connection, context.actor, action, input, known, quick)
        payload = await work(change, input)
        change.require_decision()
        if change.key_owner is not None and input.idempotency_key is not None:
            await audit_log.store_answer(
                connection, change.key_owner, input.idempotency_key, repeats.answer_of(payload)
            )
    if change.stored_policy and not input.dry_run:
        context.stored_policy_hashes.add(context.policy.hash)
    return payload
