"""Which levels of an operation one statement can read, and what the response is made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, NamedTuple

from graphql.execution import Executor

from db.core.fusion import Kind, OwnKey
from domain.actions import Action
from domain.problems import NotFound
from execution.columns import Objects
from execution.plan import Step
from resolvers.core.context import Context
from resolvers.core.node_kinds import Lookup
from resolvers.core.relations import Given, Loaded, NotFused, Sketch


def operation_name(executor: Executor[Any]) -> str:
    """Return the name of the operation, for people; "query" if it has none."""
    return executor.operation.name.value if executor.operation.name else "query"


@dataclass(slots=True, eq=False)
class Field:
    """A field that says what it would load, with the way to its arguments."""

    step: Step
    sketch: Callable[..., Any]
    convert: Callable[[Any, dict[str, Any]], dict[str, Any]]
    constant: dict[str, Any] | None = None

    def arguments(self, executor: Executor[Any]) -> dict[str, Any]:
        """Return the arguments in this request, as the resolver takes them. Raises the errors of graphql-core."""
        if self.constant is not None:
            return self.constant
        given = self.convert(SimpleNamespace(schema=executor.schema), self.step.arguments(executor))
        arguments = {name: value for name, value in given.items() if name not in {"root", "info"}}
        if self.step.constant is not None:
            self.constant = arguments
        return arguments

    def id(self, executor: Executor[Any]) -> str:
        """Return the argument `id`."""
        return str(self.arguments(executor)["id"])

    def loaded(self, executor: Executor[Any], sketch: Sketch) -> Loaded:
        """Return what the field loads in this request. Raises the errors of the field, such as BadInput."""
        loaded = self.sketch(sketch, **self.arguments(executor))
        if isinstance(loaded, Lookup):
            loaded = loaded.loaded
            if loaded is None:
                raise NotFound(self.step.key)  # the walk reports it in its words, and the next request may have another
        if not isinstance(loaded, Loaded):
            raise NotFused("its loader is not described")
        return loaded


@dataclass(frozen=True, slots=True, eq=False)
class NoPlan:
    """One statement cannot read an operation if this root field loads this batch. Without a field, it never can."""

    field: Field | None = None
    batch: Any = None

    def applies(self, executor: Executor[Any], sketch: Sketch) -> bool:
        """Return whether it holds in this request. Raises the errors of the field."""
        try:
            return self.field is None or self.field.loaded(executor, sketch).batch is self.batch
        except NotFused:
            return True


class Below(NamedTuple):
    """What a level is below: the slot of the key in the objects above, the key itself, and the level above.

    `value` is the only key, if it is a value of the request: see `Read`.
    """

    slot: int
    key: str | OwnKey
    level: int | None
    value: str | Field | None


@dataclass(slots=True, eq=False)
class Read:
    """What a field reads: a relation, or the pages and counts of a lister.

    `page`, `count` and `rows` are the numbers of its levels, `number` that of its page. `parents` is the slot with the
    keys of its parents. `value` is the only key, or the root field that has it as its argument `id`; None if the keys
    come from the level above or are the actor's id.
    """

    field: Field
    batch: Any
    lister: Any
    order: str
    value: str | Field | None
    page: int | None = None
    count: int | None = None
    rows: int | None = None
    number: int = 0
    parents: int = 0

    def key(self, executor: Executor[Any]) -> str | None:
        """Return the only key in this request."""
        return self.value.id(executor) if isinstance(self.value, Field) else self.value


@dataclass(slots=True, eq=False)
class Draft:
    """A level while it is being planned: `columns` are the types of all its columns by name, `used` the ones to return.

    `single` says that the level is one page. The other attributes are those of `db.core.fusion.Level`.
    """

    kind: Kind
    key: str | OwnKey
    columns: Mapping[str, Any]
    parent: int = 0
    first_only: bool = False
    single: bool = False
    rows: Any = None
    used: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class GivenRow:
    """The row of a root field that is read with the actor, and the slots that its attributes fill."""

    arguments: Field
    given: Given
    slots: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Place:
    """Where the columns of some objects are: in a level or in a given row, with a prefix for a row inside a row.

    `hints` are the types of the attributes of the row type.
    """

    source: Any
    level: int | None
    row_type: Any
    hints: Mapping[str, Any]
    prefix: str = ""


@dataclass(slots=True, eq=False)
class FusedPlan:
    """The plan of one operation: levels, and where each slot of the code gets its column.

    `slots` are pairs of a level and a column, or None if the column is filled in later. `keys` are pairs of a slot and
    the only key in it, or the field that has it as its argument `id`. `guards` are pairs of an action and the slot with
    the teams in which it must be allowed. `conditions` must hold. `apart` are fields that
    the walk resolves, because what they load with these arguments is no level.
    """

    root: Objects
    drafts: list[Draft] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    given: list[GivenRow] = field(default_factory=list)
    slots: list[tuple[int, str] | None] = field(default_factory=list)
    keys: list[tuple[int, str | Field]] = field(default_factory=list)
    guards: list[tuple[Action, int]] = field(default_factory=list)
    conditions: list[Callable[[Context], bool]] = field(default_factory=list)
    apart: list[tuple[Field, Any]] = field(default_factory=list)
    pages: int = 0

    def slot_names(self) -> list[str]:
        """Return what the column of each slot is."""
        names = ["filled in later" if slot is None else f"level {slot[0]}, {slot[1]}" for slot in self.slots]
        for slot, key in self.keys:
            names[slot] = key if isinstance(key, str) else f"the argument id of {key.step.key}"
        for row in self.given:
            for name, slot in row.slots.items():
                names[slot] = f"{row.arguments.step.key}, {name}"
        return names

    def mark(self) -> tuple[int, ...]:
        """Return how much is planned, for `undo`."""
        return (
            len(self.drafts),
            len(self.reads),
            len(self.guards),
            len(self.conditions),
            self.pages,
            len(self.slots),
        )

    def undo(self, mark: tuple[int, ...]) -> None:
        """Forget everything that was planned after the mark."""
        drafts, reads, guards, conditions, self.pages, slots = mark
        del self.drafts[drafts:], self.reads[reads:], self.guards[guards:], self.conditions[conditions:]
        del self.slots[slots:]
        for used in [*(draft.used for draft in self.drafts), *(row.slots for row in self.given)]:
            for name in [name for name, slot in used.items() if slot >= slots]:
                del used[name]
