"""All objects of one place in the response: what was resolved for them, and what becomes of it."""

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import Any, NamedTuple, Protocol

from graphql.pyutils import Path

from execution.plan import Selection, Step
from execution.rows import builder

Place = tuple[int, ...]
"""Where a value stands below its step: the index of the frame's object, then an index for each list level."""


class Column(Protocol):
    """The completed values of a step, one for each object of its frame; built when everything below is there."""

    def build(self) -> list[Any]:
        """The values, in the order of the objects."""


class Origin(NamedTuple):
    """Where a frame's objects come from; `places` is asked only when a path is needed."""

    frame: "Frame"
    step: Step
    places: Callable[[], Sequence[Place]]


class Frame:
    """The objects of one concrete type below one step, and a column for each of their selected fields.

    `record` keeps what each step's resolver gave, by the step's index, and `awaited` which of it had been awaited: so
    that graphql-core's executor can go on from here without asking a resolver twice.
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
        """The path of each object; None for the root."""
        if self._paths is None:
            if self.origin is None:
                self._paths = [None]
            else:
                above = self.origin.frame.field_paths(self.origin.step)
                self._paths = [_below(above[place[0]], place) for place in self.origin.places()]
        return self._paths

    def field_paths(self, step: Step) -> list[Path]:
        """The path of a field in each object."""
        key, name = step.key, self.selection.type.name
        return [Path(path, key, name) for path in self.paths()]

    def build(self) -> list[dict[str, Any]]:
        """The response of each object."""
        keys = self.selection.keys
        if not keys or not self.sources:
            return [{} for _ in self.sources]
        return builder(keys)([built_of(column) for column in self.columns])

    def forget(self) -> None:
        """Let go of the frames above and below, which know each other: else they would wait for the collector."""
        self.origin = None
        self.columns = []


class Nullable(NamedTuple):
    """A column whose nulls were left out below."""

    inner: Column | list[Any]
    values: list[Any]

    def build(self) -> list[Any]:
        """The inner values, with the nulls put back between them."""
        built = iter(built_of(self.inner))
        return [None if value is None else next(built) for value in self.values]


class Lists(NamedTuple):
    """A column of lists whose items were completed together."""

    inner: Column | list[Any]
    lengths: list[int]

    def build(self) -> list[Any]:
        """The items, divided into their lists again."""
        built = built_of(self.inner)
        return [built[start:end] for start, end in pairwise(accumulate(self.lengths, initial=0))]


class Mixed(NamedTuple):
    """A column of objects of several concrete types; `order` holds each object's type."""

    frames: dict[Any, Frame]
    order: list[Any]

    def build(self) -> list[Any]:
        """The objects, in their order again."""
        built = {type_: iter(frame.build()) for type_, frame in self.frames.items()}
        return [next(built[type_]) for type_ in self.order]


def built_of(column: Column | list[Any]) -> list[Any]:
    """A column's values."""
    return column if isinstance(column, list) else column.build()


def _below(path: Path, place: Place) -> Path:
    for index in place[1:]:
        path = Path(path, index, None)
    return path
