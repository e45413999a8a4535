"""How a mutation runs: one transaction for the facts, the decision, the change, its audit row and its event.

    @mutation(Action.SEATS_ASSIGN)
    async def assign_seats(change: Change, input: AssignSeatsInput) -> AssignSeatsPayload: ...

becomes a resolver of `(info, input)`. The function loads facts on `change.connection`, calls `change.decide`, changes
things, and calls `change.record`. What raises, rolls everything back.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any, Protocol, TypeVar, cast, get_type_hints

import orjson
from pydantic import TypeAdapter
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from db.audit import audit_log, policy_texts
from db.catalogue import products
from db.catalogue.products import ProductRow
from db.people import teams
from db.people.teams import TeamRow
from db.seats import seats
from db.seats.seats import SeatRow
from domain.actions import Action
from domain.problems import BadInput, KeyReused, NotFound, Unauthenticated, UserError, UserErrorCode
from domain.reach import Reach
from domain.subjects import Actor, Anonymous, Partner, Person
from policies import audit_facts, facts
from resolvers.core.context import SIGN_IN, Context, Info, actor_of, refusal

MAX_KEY = 255
ATTEMPTS = 3
# A deadlock: whoever was in the way has gone on. What else goes wrong in the database, the gateway tells the client.
RETRIED = "40P01"


@dataclass(kw_only=True)
class MutationInput:
    """What every input has. `SECRETS` (optional, in payloads too) names fields that are neither stored nor hashed."""

    idempotency_key: str | None = None
    dry_run: bool = False


class Payload(Protocol):
    """What every mutation's payload has."""

    errors: list[UserError]


In = TypeVar("In", bound=MutationInput)
Out = TypeVar("Out", bound=Payload)
V = TypeVar("V")
F = TypeVar("F", bound=Callable[..., Any])
Work = Callable[["Change", In], Awaitable[Out]]


class _Repeat(Exception):
    """The key was used before, and this was the answer."""

    def __init__(self, answer: bytes) -> None:
        super().__init__()
        self.answer = answer


@dataclass
class Change:
    """One mutation under way: its transaction, and the actor as of now, loaded in it."""

    context: Context
    connection: AsyncConnection
    actor: Actor
    action: Action
    input: MutationInput
    targets: list[facts.Target] = field(default_factory=list)
    along: dict[Action, set[facts.Target]] = field(default_factory=dict)
    decided: bool = False
    recorded: bool = False
    keeper: str | None = None

    @property
    def by(self) -> str:
        """Who acts, as written into history: a user id or a token id."""
        if isinstance(self.actor, Partner):
            return self.actor.token_id
        if isinstance(self.actor, Person):
            return self.actor.user_id
        raise Unauthenticated(SIGN_IN)

    def reach(self, action: Action) -> Reach:
        """The rows the actor of now may touch with this action. Raises Unauthenticated for nobody."""
        if isinstance(self.actor, Anonymous):
            raise Unauthenticated(SIGN_IN)
        return self.context.policy.reach(self.actor, action)

    async def look_again(self) -> None:
        """Load the actor anew, after a wait in which they may have changed. Raises Unauthenticated."""
        self.actor = (await actor_of(self.connection, self.context.credential)).actor

    async def team(self, id_: str) -> TeamRow:
        """A team of the actor. Raises NotFound."""
        return one(await teams.by_ids(self.connection, self.reach(Action.TEAMS_READ), [id_]), id_, "team")

    async def pool(self, team_id: str, product_id: str) -> None:
        """Go on only if there are this team of the actor and this product. Raises NotFound."""
        team, product = await products.in_team(self.connection, self.reach(Action.TEAMS_READ), team_id, product_id)
        if not team or not product:
            raise NotFound("product" if team else "team")

    async def product(self, id_: str) -> ProductRow:
        """A product of the catalogue. Raises NotFound."""
        return one(await products.by_ids(self.connection, [id_]), id_, "product")

    async def seat(self, id_: str) -> SeatRow:
        """A seat the actor may see. Raises NotFound."""
        return one(await seats.by_ids(self.connection, self.reach(Action.SEATS_READ), [id_]), id_, "seat")

    async def decide(self, *targets: facts.Target, keeper: str | None = None) -> None:
        """Go on only if the policy allows the action on every target, and this is no repeat.

        `keeper` is whose idempotency key it is when nobody is signed in yet. Raises Unauthenticated or Forbidden.
        """
        self.targets = sorted(set(targets), key=repr)
        self.require(self.targets)
        self.decided = True
        await self._claim(keeper)

    def require(self, targets: Iterable[facts.Target]) -> None:
        """Go on only if the policy allows the action on every target; to be followed by `decide`.

        Raises Unauthenticated or Forbidden.
        """
        for target in targets:
            self._require(self.action, target)

    def require_along(self, action: Action, *targets: facts.Target) -> None:
        """Go on only if the policy allows another action as well, which this one brings along; it is recorded so.

        Raises Unauthenticated or Forbidden.
        """
        for target in targets:
            self._require(action, target)
        self.along.setdefault(action, set()).update(targets)

    def allows(self, action: Action, target: facts.Target) -> bool:
        """Whether the policy allows the actor of now an action."""
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
        """Write the audit row and the event of what was changed; `by` names the account when nobody was signed in."""
        person = self.actor.user_id if isinstance(self.actor, Person) else by
        partner = self.actor if isinstance(self.actor, Partner) else None
        policy = self.context.policy
        if policy.hash not in self.context.kept:
            await policy_texts.keep(self.connection, policy.hash, policy.source.text)
        row = audit_log.AuditRow(
            team_id=team_id,
            actor_kind=type(self.actor).__name__.lower(),
            actor_id=partner.grantor_id if partner else person,
            token_id=partner.token_id if partner else None,
            action=self.action,
            target_id=target_id,
            before=before,
            after=after,
            facts=audit_facts.spelled(self.actor, self.action, self.targets, self.along),
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

    async def _claim(self, keeper: str | None) -> None:
        key = self.input.idempotency_key
        if key is None:
            return
        if not 1 <= len(key) <= MAX_KEY or "\0" in key:
            raise BadInput(f"`idempotencyKey` must have 1 to {MAX_KEY} characters and no NUL.")
        self.keeper = keeper or self.by
        digest = _digest(self.input)
        first = await audit_log.claim(self.connection, self.keeper, key, self.action, digest)
        if first is None:
            return
        if first.action != self.action or first.request_hash != digest or first.payload is None:
            raise KeyReused("This `idempotencyKey` stands for another request; use a new key for a new request.")
        raise _Repeat(first.payload)


def mutation(action: Action) -> Callable[[Work[In, Out]], Callable[[Info, In], Awaitable[Out]]]:
    """Make a resolver of `(info, input)` from what changes things under `action`."""

    def wrap(work: Work[In, Out]) -> Callable[[Info, In], Awaitable[Out]]:
        hints = get_type_hints(work)

        async def resolve(info: Info, input: In) -> Out:
            return await carry_out(info.context, action, work, input, hints["return"])

        resolve.__name__, resolve.__module__, resolve.__doc__ = work.__name__, work.__module__, work.__doc__
        resolve.__annotations__ = {"info": Info, "input": hints["input"], "return": hints["return"]}
        return performs(action)(resolve)

    return wrap


def one(found: Mapping[str, V], id_: str, what: str) -> V:
    """The row of this id. Raises NotFound when it was not found."""
    if id_ not in found:
        raise NotFound(what)
    return found[id_]


def performs(action: Action) -> Callable[[F], F]:
    """Name the action a resolver performs, or reads with; a root field without one fails the start-up."""

    def mark(resolver: F) -> F:
        resolver.action = action  # type: ignore[attr-defined]
        return resolver

    return mark


async def carry_out(context: Context, action: Action, work: Work[In, Out], input: In, payload: type[Out]) -> Out:
    """Run a change under an action, with its repeats and retries; for resolvers with work to do before it."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await _once(context, action, work, input)
        except _Repeat as repeat:
            return _again(payload, repeat.answer)
        except DBAPIError as error:
            if attempt == ATTEMPTS or getattr(error.orig, "sqlstate", None) != RETRIED:
                raise
            await asyncio.sleep(0.01 * attempt)
    raise AssertionError("the last attempt returns or raises")


async def _once(context: Context, action: Action, work: Work[In, Out], input: In) -> Out:
    async with context.writing(dry_run=input.dry_run) as connection:
        change = Change(context, connection, context.actor, action, input)
        payload = await work(change, input)
        if not change.decided:
            raise AssertionError(f"{action} was carried out without a decision")
        if change.keeper is not None and input.idempotency_key is not None:
            await audit_log.keep(connection, change.keeper, input.idempotency_key, _kept(payload))
    if change.recorded and not input.dry_run:
        context.kept.add(context.policy.hash)
    return payload


def _digest(input: MutationInput) -> bytes:
    """What makes two requests the same: all of the input but its secrets and the key itself."""
    known = {f.name: getattr(input, f.name) for f in fields(input) if f.name not in _secrets(type(input))}
    del known["idempotency_key"]
    return hashlib.sha256(orjson.dumps(known, default=_spelled, option=orjson.OPT_SORT_KEYS)).digest()


def _spelled(value: object) -> str:
    """The content of a file, for a digest."""
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    raise TypeError(type(value).__name__)


def _kept(payload: Payload) -> bytes:
    public = replace(cast("Any", payload), **dict.fromkeys(_secrets(type(payload))))
    return _adapter(type(payload)).dump_json(public)


def _again(kind: type[Out], answer: bytes) -> Out:
    payload: Out = _adapter(kind).validate_json(answer)
    for secret in _secrets(kind):
        payload.errors.append(
            UserError(UserErrorCode.SECRET_SHOWN_ONCE, f"`{secret}` was in the first answer, and is kept nowhere.")
        )
    return payload


def _secrets(kind: type) -> tuple[str, ...]:
    return getattr(kind, "SECRETS", ())


@cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
