"""How a mutation runs: the facts, the decision, the change, its audit row and its event share one transaction.

    @mutation(Action.SEATS_ASSIGN)
    async def assign_seats(change: Change, input: AssignSeatsInput) -> AssignSeatsPayload: ...

becomes a resolver of `(info, input)`. The function loads facts on `change.connection`, calls `change.decide`, changes
rows, and calls `change.record`. If it raises an error, the transaction is rolled back.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_type_hints

from db.audit import audit_log, policy_texts
from db.catalogue import products
from db.catalogue.products import ProductRow
from db.core.database import Connection, DatabaseError
from db.people import teams
from db.people.teams import TeamRow
from db.seats import seats
from db.seats.seats import SeatRow
from domain.actions import Action
from domain.problems import BadInput, KeyReused, NotFound, Unauthenticated
from domain.reach import Reach
from domain.subjects import Actor, Anonymous, Partner, Person
from policies import audit_facts, facts
from resolvers.core import repeats
from resolvers.core.context import SIGN_IN, Context, Info, actor_of, refusal
from resolvers.core.mutation_types import MutationInput, Payload

MAX_KEY = 255
ATTEMPTS = 3
# Only a deadlock is retried: the other transaction has gone on. The gateway reports all other database errors.
DEADLOCK = "40P01"


In = TypeVar("In", bound=MutationInput)
Out = TypeVar("Out", bound=Payload)
V = TypeVar("V")
F = TypeVar("F", bound=Callable[..., Any])
Work = Callable[["Change", In], Awaitable[Out]]


class _RepeatedRequest(Exception):
    """The request was sent before under this idempotency key; `answer` is its stored answer."""

    def __init__(self, answer: bytes) -> None:
        super().__init__()
        self.answer = answer


@dataclass
class Change:
    """One running mutation: its transaction, and the actor, loaded in this transaction.

    `also_decided` are the targets of the other actions that the mutation needed, by action. `key_owner` is the owner
    of the claimed idempotency key: a user id, a token id, or another id if nobody is signed in.
    """

    context: Context
    connection: Connection
    actor: Actor
    action: Action
    input: MutationInput
    targets: list[facts.Target] = field(default_factory=list)
    also_decided: dict[Action, set[facts.Target]] = field(default_factory=dict)
    decided: bool = False
    recorded: bool = False
    key_owner: str | None = None

    @property
    def by(self) -> str:
        """The id of the actor as the history stores it: a user id or a token id. Raises Unauthenticated."""
        if isinstance(self.actor, Partner):
            return self.actor.token_id
        if isinstance(self.actor, Person):
            return self.actor.user_id
        raise Unauthenticated(SIGN_IN)

    def reach(self, action: Action) -> Reach:
        """The rows on which the actor may do this action. Raises Unauthenticated if nobody is signed in."""
        if isinstance(self.actor, Anonymous):
            raise Unauthenticated(SIGN_IN)
        return self.context.policy.reach(self.actor, action)

    async def reload_actor(self) -> None:
        """Load the actor again after a wait for a lock: their role may have changed. Raises Unauthenticated."""
        self.actor = (await actor_of(self.connection, self.context.credential)).actor

    async def team(self, id_: str) -> TeamRow:
        """Load a team of the actor. Raises NotFound."""
        return require_row(await teams.by_ids(self.connection, self.reach(Action.TEAMS_READ), [id_]), id_, "team")

    async def require_pool(self, team_id: str, product_id: str) -> None:
        """Raise NotFound unless the actor has this team and there is this product."""
        team, product = await products.team_and_product_exist(
            self.connection, self.reach(Action.TEAMS_READ), team_id, product_id
        )
        if not team or not product:
            raise NotFound("product" if team else "team")

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

    def allows(self, action: Action, target: facts.Target) -> bool:
        """Whether the policy allows the actor an action on a target."""
        return self.context.policy.decide(self.actor, action, target).allowed

    async def record(
        self,
        team_id: str | None,
        target_id: str,
        before: dict[str, Any],
        after: dict[str, Any],
        *,
        by: str | None = None,
    ) -> None:
        """Write the audit row and the event of the change; `by` is the account's id if nobody was signed in."""
        person = self.actor.user_id if isinstance(self.actor, Person) else by
        partner = self.actor if isinstance(self.actor, Partner) else None
        policy = self.context.policy
        if policy.hash not in self.context.stored_policy_hashes:
            await policy_texts.store(self.connection, policy.hash, policy.source.text)
        row = audit_log.AuditRow(
            team_id=team_id,
            actor_kind=type(self.actor).__name__.lower(),
            actor_id=partner.grantor_id if partner else person,
            token_id=partner.token_id if partner else None,
            action=self.action,
            target_id=target_id,
            before=before,
            after=after,
            facts=audit_facts.decision_records(self.actor, self.action, self.targets, self.also_decided),
            policy_hash=policy.hash,
            request_id=self.context.request_id,
        )
        await audit_log.record(self.connection, row)
        self.recorded = True

    def _require(self, action: Action, target: facts.Target) -> None:
        if not self.allows(action, target):
            if isinstance(self.actor, Anonymous):
                raise Unauthenticated(SIGN_IN)
            raise refusal(self.context.policy, self.actor, action, target)

    async def _claim_key(self, key_owner: str | None) -> None:
        key = self.input.idempotency_key
        if key is None:
            return
        if not 1 <= len(key) <= MAX_KEY or "\0" in key:
            raise BadInput(f"`idempotencyKey` must have 1 to {MAX_KEY} characters and no NUL.")
        self.key_owner = key_owner or self.by
        request_hash = repeats.request_hash(self.input)
        first = await audit_log.claim_key(self.connection, self.key_owner, key, self.action, request_hash)
        if first is None:
            return
        if first.action != self.action or first.request_hash != request_hash or first.payload is None:
            raise KeyReused("This `idempotencyKey` was used for another request; use a new key for a new request.")
        raise _RepeatedRequest(first.payload)


def mutation(action: Action) -> Callable[[Work[In, Out]], Callable[[Info, In], Awaitable[Out]]]:
    """Make a resolver of `(info, input)` from a function that makes a change under `action`."""

    def wrap(work: Work[In, Out]) -> Callable[[Info, In], Awaitable[Out]]:
        hints = get_type_hints(work)

        async def resolve(info: Info, input: In) -> Out:
            return await run_mutation(info.context, action, work, input, hints["return"])

        resolve.__name__, resolve.__module__, resolve.__doc__ = work.__name__, work.__module__, work.__doc__
        resolve.__annotations__ = {"info": Info, "input": hints["input"], "return": hints["return"]}
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


async def run_mutation(context: Context, action: Action, work: Work[In, Out], input: In, payload: type[Out]) -> Out:
    """Run a change under an action: answer repeats from the stored answer, and retry after deadlocks.

    `mutation` calls it; call it directly from a resolver that does some work before the transaction.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await _run_once(context, action, work, input)
        except _RepeatedRequest as repeat:
            return repeats.payload_of(payload, repeat.answer)
        except DatabaseError as error:
            if attempt == ATTEMPTS or error.sqlstate != DEADLOCK:
                raise
            await asyncio.sleep(0.01 * attempt)
    raise AssertionError("the last attempt returns or raises")


async def _run_once(context: Context, action: Action, work: Work[In, Out], input: In) -> Out:
    async with context.writing(dry_run=input.dry_run) as connection:
        change = Change(context, connection, context.actor, action, input)
        payload = await work(change, input)
        if not change.decided:
            raise AssertionError(f"{action} was carried out without a decision")
        if change.key_owner is not None and input.idempotency_key is not None:
            await audit_log.store_answer(
                connection, change.key_owner, input.idempotency_key, repeats.answer_of(payload)
            )
    if change.recorded and not input.dry_run:
        context.stored_policy_hashes.add(context.policy.hash)
    return payload
