"""What a field loads by the keys of its parents, said so that one statement can read several levels at once.

A `Relation` names a query and its arguments. Alone, it is a batch function for `Context.loading`. In a fused statement
(`schema.core.fused`) the same query gets its keys from the level above, and its reaches from the actor's rows.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from operator import attrgetter
from typing import Any, Generic, Never, TypeVar

from db.core.fusion import KEYS, actor_account_reach, actor_reach
from db.core.rows import PARENT, Columns, grouped
from db.core.statements import RowQuery
from domain.actions import Action
from domain.reach import Reach
from policies import facts
from policies.engine.policy import Policy
from resolvers.core.context import Context

V = TypeVar("V")
R = TypeVar("R")
Arguments = Callable[..., tuple[Any, ...]]
"""Returns the arguments of a query from the context, the keys, and what else the field passes to its loader."""


@dataclass(frozen=True, slots=True, eq=False)
class Relation(Generic[R]):
    """The rows that a query finds by keys: one for each key, or with `many` a list.

    `columns` are those of a row, and `key` the name of the column with its key. If that is `PARENT`, the query pairs
    keys with rows. If `missing` names an action, a key without a row is Forbidden for it; otherwise it has no value, or
    an empty list. `known` returns the rows of keys that need not be read, or None. It is a batch function.
    """

    query: RowQuery[Any]
    columns: Columns[R]
    arguments: Arguments
    key: str = "id"
    many: bool = False
    missing: Action | None = None
    known: Callable[[Context, Sequence[str]], Mapping[str, R] | None] | None = None

    async def __call__(self, context: Context, keys: Sequence[str], *args: Any) -> Mapping[str, Any]:
        """Read the rows of these keys."""
        known = None if self.known is None else self.known(context, keys)
        if known is not None:
            return known
        arguments = self.arguments(context, KEYS, *args)
        passed = [list(keys) if one is KEYS else one for one in arguments]
        async with context.reading() as connection:
            rows = await self.query.rows(connection, *passed)
        if self.many:
            pairs = rows if self.key == PARENT.name else zip(map(attrgetter(self.key), rows), rows, strict=True)
            return {key: [] for key in keys} | grouped(pairs)
        found = dict(rows) if self.key == PARENT.name else {getattr(row, self.key): row for row in rows}
        if self.missing is None or len(found) == len(keys):
            return found
        return dict.fromkeys(keys, context.refused_in(self.missing)) | found


def one(query: RowQuery[R], action: Action, *, key: str = "id", missing: Action | None = None) -> Relation[R]:
    """Return the relation to the row of each key, within the reach of an action."""
    return Relation(query, query.columns, within(action), key, missing=missing)


def many(query: RowQuery[tuple[str, R]], columns: Columns[R], action: Action) -> Relation[R]:
    """Return the relation to the rows of each key, within the reach of an action; the query pairs them with keys."""
    return Relation(query, columns, within(action), str(PARENT.name), many=True)


def within(action: Action) -> Arguments:
    """Return the arguments of a query that takes a reach and keys: the reach of an action."""

    def arguments(context: Context, keys: Any, *args: Any) -> tuple[Any, ...]:
        return (context.reach(action), keys, *args)

    return arguments


@dataclass(frozen=True, slots=True, eq=False)
class OwnValue:
    """A value that was read with the parent, to be shown if the actor may see it.

    The keys of its field are the parent's attributes, and the last one is the value. `all_seen` says whether the actor
    may see the value of every parent that they can see; then nothing is read. It is a batch function, which calls
    `decide` otherwise.
    """

    all_seen: Callable[[Context], bool]
    decide: Callable[[Context, Sequence[tuple[Any, ...]]], Awaitable[Mapping[Any, Any]]]
    loads_rows: bool = False

    async def __call__(self, context: Context, keys: Sequence[tuple[Any, ...]]) -> Mapping[Any, Any]:
        """Return the value or the error of each key."""
        if self.all_seen(context):
            return {key: key[-1] for key in keys}
        return await self.decide(context, keys)


class OwnRow(Enum):
    """Where the key of a root field's row comes from, before anything was read."""

    ACTOR = "the actor's own id"
    ARGUMENT = "the argument `id`"


@dataclass(frozen=True, slots=True)
class Given:
    """A root field whose row is read with the actor. `row` returns it for the context and the field's arguments.

    It returns None or raises an error if there is no such row, or if the actor may not read it. `loads` says whether
    the row counts as loaded.
    """

    row_type: type
    key: OwnRow
    row: Callable[..., Any]
    loads: bool


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a field would load: the batch function and its other arguments."""

    batch: Any
    args: tuple[Any, ...]


class NotFused(Exception):
    """A field cannot be read by the same statement as its parent. The text says why."""


class Sketch:
    """Stands for a `Context` before the actor is known: it tells what fields would load, and for which reaches.

    `required` are the decisions that must be allowed when the actor is known. Only queries are read in this way, so
    nothing of it is a dry run.
    """

    is_dry_run = False

    def __init__(self, policy: Policy, kind: type[facts.Subject], today: date) -> None:
        self.policy, self.kind, self.today = policy, kind, today
        self.required: list[tuple[Action, facts.Target]] = []

    def __getattr__(self, name: str) -> Never:
        """Raise NotFused: a field asks for something that is known only together with the actor."""
        raise NotFused(f"it asks for `context.{name}`")

    def reach(self, action: Action) -> Reach:
        """The rows on which the actor may do this action, as an expression."""
        return actor_reach(action)

    def account_reach(self, action: Action) -> Reach:
        """The reach of this action over accounts, as an expression: see `Context.account_reach`."""
        subject, _ = facts.subjects_of(self.kind, Action.VIEWER_READ)
        owns = self.policy.judge(subject, Action.VIEWER_READ, facts.GATEWAY).allowed
        return actor_account_reach(action) if owns else actor_reach(action)

    def require(self, action: Action, target: facts.Target) -> None:
        """Note that the policy must allow the action."""
        self.required.append((action, target))

    def signed_in(self) -> None:
        """Do nothing: somebody is signed in if the statement finds the actor."""

    def loading(self, batch: Any, *args: Any, **_kind: Any) -> Loaded:
        """What a loader would load."""
        return Loaded(batch, args)
