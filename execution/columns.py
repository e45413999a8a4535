"""Objects whose values are already there as columns: what the code of a plan is generated from (`execution.code`).

A slot is the place of a column among all columns of an operation. The columns of one level have an entry for each of
its rows.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from execution.plan import Selection, Step


@dataclass(slots=True, eq=False)
class RowShape:
    """How rows are made from columns: `make` takes a tuple of fields.

    A field is the slot of its column, a pair of a slot and a function for its values, or the shape of a row inside.
    """

    make: Callable[[tuple[Any, ...]], Any]
    fields: "Sequence[int | tuple[int, Callable[[Any], Any]] | RowShape]"


@dataclass(slots=True, eq=False)
class Objects:
    """The objects of one type at one place of the response: a value for each step of their selection.

    `size` is the slot of a column that has an entry for each object. `rows` is set if some steps are left to the walk,
    which needs rows for them.
    """

    selection: Selection
    size: int
    values: "list[Value]" = field(default_factory=list)
    rows: RowShape | None = None

    @property
    def rest(self) -> "list[Resolved]":
        """The steps that are left to the walk."""
        return [value for value in self.values if isinstance(value, Resolved)]

    def rest_selection(self) -> Selection:
        """Return the selection of the steps that are left to the walk."""
        steps = tuple(value.step for value in self.rest)
        return Selection(self.selection.type, tuple(step.key for step in steps), steps)


@dataclass(slots=True, eq=False)
class Constant:
    """The same value for each object: its `__typename`."""

    step: Step
    value: str


@dataclass(slots=True, eq=False)
class Leaf:
    """The values of a column. `nullable` says whether the column may hold nulls.

    `plain` says that all values are valid in a response as they are. `names` maps them to the names of an enum.
    """

    step: Step
    slot: int
    nullable: bool
    plain: bool = False
    names: Mapping[Any, str | None] | None = None


@dataclass(slots=True, eq=False)
class Embedded:
    """An object that is read from columns of the same rows."""

    step: Step
    objects: Objects


@dataclass(slots=True, eq=False)
class Computed:
    """Values that a function computes, each from a row alone. They are put into the slot."""

    step: Step
    function: Callable[[Any], Any]
    rows: RowShape
    slot: int


@dataclass(slots=True, eq=False)
class Resolved:
    """A step that the walk resolves. Its completed column is put into the slot."""

    step: Step
    slot: int


@dataclass(slots=True, eq=False)
class Related:
    """The object whose key, in the slot `child_key`, equals the key in the slot `key`; or all of them, if `many`.

    `required`: if there is none for a key, the walk must run instead, because that is an error.
    """

    step: Step
    key: int
    child_key: int
    objects: Objects
    many: bool
    required: bool


@dataclass(slots=True, eq=False)
class Total:
    """The number of all rows of a connection: the slots of the keys and of the numbers."""

    step: Step
    child_key: int
    numbers: int


@dataclass(slots=True, eq=False)
class PageInfo:
    """The position of a page, with the names of the fields that its steps show."""

    step: Step
    selection: Selection
    names: tuple[str, ...]


@dataclass(slots=True, eq=False)
class Nodes:
    """The objects of a page."""

    step: Step
    objects: Objects


@dataclass(slots=True, eq=False)
class Edges:
    """The objects of a page with their cursors. An object is None for a step that shows the cursor."""

    step: Step
    selection: Selection
    objects: tuple[Objects | None, ...]


@dataclass(slots=True, eq=False)
class Pages:
    """A connection for each key in the slot `key`. `number` is the page's place among the pages of a request.

    `child_key` is the slot with the keys of the rows; None if no row is read. `single` says that there is only one key,
    so that all rows are its page. `sort_keys` are the slots of what a cursor holds.
    """

    step: Step
    number: int
    key: int
    parts: "list[Constant | Total | PageInfo | Nodes | Edges]"
    child_key: int | None
    single: bool
    sort_keys: Sequence[int] = ()


Value = Constant | Leaf | Computed | Embedded | Resolved | Related | Pages


def resting(objects: Objects) -> Iterator[Objects]:
    """Yield these objects and those below them of which the walk resolves steps, in the order of `Code.rows`."""
    if objects.rows is not None:
        yield objects
    for value in objects.values:
        for inner in inside(value):
            yield from resting(inner)


def inside(value: Value) -> list[Objects]:
    """Return the objects directly below a step."""
    match value:
        case Embedded() | Related():
            return [value.objects]
        case Pages():
            nodes = [part.objects for part in value.parts if isinstance(part, Nodes)]
            edges = [one for part in value.parts if isinstance(part, Edges) for one in part.objects if one is not None]
            return [*nodes, *edges]
    return []


class PageValues(NamedTuple):
    """What a request knows of a page.

    It is its size, the name of its order, and whether it is read backwards. `has_next` and `has_previous` say whether
    rows follow the page, or come before it, for keys without and with more rows. `more` are the keys that have more.
    """

    size: int
    order: str
    backwards: bool
    has_next: tuple[bool, bool]
    has_previous: tuple[bool, bool]
    more: frozenset[Any] = frozenset()
