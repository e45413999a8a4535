"""Frames: all objects at one place in the response, with their resolved values and the columns of their fields."""

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import Any, NamedTuple, Protocol

from graphql.pyutils import Path

from execution.plan import Selection, Step
from execution.rows import builder

Position = tuple[int, ...]
"""The place of a value below its step: the index of the object in the frame, then an index for each list level."""


class Column(Protocol):
    """The completed values of a step, one for each object of its frame. They are built after everything below them."""

    def build(self) -> list[Any]:
        """Return the values in the order of the objects."""


class Origin(NamedTuple):
    """The frame and the step from which the objects of a frame come. `positions` is called only if a path is needed."""

    frame: "Frame"
    step: Step
    positions: Callable[[], Sequence[Position]]


class Frame:
    """The objects of one concrete type below one step, with a column for each of their selected fields.

    `record` holds the values that the resolver of each step returned, by the index of the step. `awaited` holds the
    indices of the values that were awaited. With both, graphql-core's executor can take over without calling a resolver
    twice.
    """

    __slots__ = ("_paths", "awaited", "columns", "origin", "record", "selection", "sources")

    def __init__(self, selection: Selection, sources: list[Any], origin: Origin | None) -> None:
        self.selection = selection
        self.sources = sources
        self.origin = origin
        self.columns: list[Column | list[Any]] = [[]] * len(selection.steps)
        self.record: dict[int, list[Any]] = {}
        self.awaited: dict[int, Sequence[int]] = {}
        self._paths: list[Path | None] | None = None

    def paths(self) -> list[Path | None]:
        """Return the path of each object; None for the root."""
        if self._paths is None:
            if self.origin is None:
                self._paths = [None]
            else:
                above = self.origin.frame.field_paths(self.origin.step)
                self._paths = [_value_path(above[position[0]], position) for position in self.origin.positions()]
        return self._paths

    def place_nowhere(self) -> None:
        """Let the objects have no path."""
        self._paths = [None] * len(self.sources)

    def field_paths(self, step: Step) -> list[Path]:
        """Return the path of a field in each object."""
        key, name = step.key, self.selection.type.name
        return [Path(path, key, name) for path in self.paths()]

    def build(self) -> list[dict[str, Any]]:
        """Return the response of each object."""
        keys = self.selection.keys
        if not keys or not self.sources:
            return [{} for _ in self.sources]
        return builder(keys)([built_of(column) for column in self.columns])

    def forget(self) -> None:
        """Drop the references to other frames. They are cycles, which only the garbage collector could free later."""
        self.origin = None
        self.columns = []


class Nullable(NamedTuple):
    """A column with nulls. Its inner column was completed without them."""

    inner: Column | list[Any]
    values: list[Any]

    def build(self) -> list[Any]:
        """Return the inner values with the nulls in their places."""
        built = iter(built_of(self.inner))
        return [None if value is None else next(built) for value in self.values]


class Lists(NamedTuple):
    """A column of lists whose items were completed together."""

    inner: Column | list[Any]
    lengths: list[int]

    def build(self) -> list[Any]:
        """Return the items, divided into their lists again."""
        built = built_of(self.inner)
        return [built[start:end] for start, end in pairwise(accumulate(self.lengths, initial=0))]


class MixedTypes(NamedTuple):
    """A column of objects of several concrete types; `order` holds each object's type."""

    frames: dict[Any, Frame]
    order: list[Any]

    def build(self) -> list[Any]:
        """Return the objects in their original order."""
        built = {type_: iter(frame.build()) for type_, frame in self.frames.items()}
        return [next(built[type_]) for type_ in self.order]


def built_of(column: Column | list[Any]) -> list[Any]:
    """Return the values of a column."""
    return column if isinstance(column, list) else column.build()


def _value_path(path: Path, position: Position) -> Path:
    for index in position[1:]:
        path = Path(path, index, None)
    return path
