"""Rows by name: which columns a row type is read from, and how its rows are made of what the driver read.

A row type is a NamedTuple. A field is read from the column of its name. A field that is itself a row is read from the
columns that begin with its name: `user_email` is the `email` of the field `user`. A field of an Enum holds the member
of the value that was read. The names are compared when a module is imported, so that rows can be made by
position afterwards, which costs less.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from operator import attrgetter, itemgetter
from types import NoneType
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

from sqlalchemy import Select, Update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables.base import Base

R = TypeVar("R")
Make = Callable[[Sequence[Any], slice], list[R]]
"""Makes rows of a part of the values of many."""

_Fields = Callable[[Sequence[Any]], Iterable[Iterable[Any]]]

FIRST = itemgetter(0)
ALL, _REST = slice(None), slice(1, None)
_ID = attrgetter("id")


@dataclass(frozen=True, slots=True)
class Columns(Generic[R]):
    """The columns that rows of a type are read from, in the order in which `make` takes their values."""

    row: type[R]
    expressions: tuple[Any, ...]
    make: Make[R]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.expressions)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(one.key for one in self.expressions)

    def of(self, query: Any) -> Any:
        """The query, a Select or an Update, that gives these columns: a query that names none gets them.

        Raises TypeError when it names columns itself, but others, or in another order.
        """
        names = tuple(query.exported_columns.keys())
        if not names:
            return query.with_only_columns(*self) if isinstance(query, Select) else query.returning(*self)
        if names != self.names:
            raise TypeError(f"a query for {self.row.__name__} gives {', '.join(names)}, not {', '.join(self.names)}")
        return query

    async def read(self, connection: AsyncConnection, query: Select[*tuple[Any, ...]] | Update) -> list[R]:
        """The rows of a query that is built for this call; see `of` for its columns."""
        return self.make((await connection.execute(self.of(query))).all(), ALL)


def columns_of(row: type[R], table: type[Base], **given: Any) -> Columns[R]:
    """The columns of a row type: an expression given by a field's name, else the table's column of that name.

    A field that is a row wants the `Columns` of its type. Raises TypeError when a name is no field, and when a field
    has neither an expression nor a column.
    """
    fields = get_type_hints(row)
    unknown = sorted(given.keys() - fields.keys())
    if unknown:
        raise TypeError(f"{row.__name__} has no field {', '.join(unknown)}; it has {', '.join(fields)}")
    expressions: list[Any] = []
    for name, hint in fields.items():
        expression = given.get(name)
        if _is_row(hint) or isinstance(expression, Columns):
            if not isinstance(expression, Columns) or expression.row is not hint:
                raise TypeError(f"{row.__name__}.{name} needs the columns of {_called(hint)}")
            labels = names_of(expression.row)
            expressions += (one.label(f"{name}_{label}") for one, label in zip(expression, labels, strict=True))
        elif expression is not None:
            expressions.append(expression.label(name))
        elif name in table.__table__.c:
            expressions.append(getattr(table, name))
        else:
            raise TypeError(f"{row.__name__}.{name} has neither an expression nor a column of {table.__tablename__}")
    return Columns(row, tuple(expressions), making(row))


def with_parent(parent: Any, columns: Columns[R]) -> Columns[tuple[str, R]]:
    """The columns of pairs: the id of what a row belongs to, and the row."""

    def make(rows: Sequence[Any], _: slice) -> list[tuple[str, R]]:
        return list(zip(map(FIRST, rows), columns.make(rows, _REST), strict=True))

    return Columns(tuple, (parent.label("parent_id"), *columns), make)


def names_of(row: type[Any]) -> tuple[str, ...]:
    """The names of the columns that a row type is read from, in order. Raises TypeError when two are the same."""
    names: list[str] = []
    for name, hint in get_type_hints(row).items():
        names += (f"{name}_{inner}" for inner in names_of(hint)) if _is_row(hint) else [name]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise TypeError(f"{row.__name__} reads two fields from the column {', '.join(twice)}")
    return tuple(names)


def making(row: type[R]) -> Make[R]:
    """What makes rows of values that come in the order of `names_of`, without a call in Python for each row."""
    make, of_columns = _maker(row)
    if of_columns is None:
        # A part of a record is a tuple; making a row of the record itself takes a quarter longer.
        return lambda rows, part: list(map(make, map(itemgetter(part), rows)))
    return lambda rows, part: list(map(make, of_columns(list(zip(*rows, strict=True))[part]))) if rows else []


def only(rows: Sequence[R]) -> R | None:
    """The row of a query that finds at most one; None when it found none."""
    return rows[0] if rows else None


def by_id(rows: Sequence[R]) -> dict[str, R]:
    """Rows by their `id`."""
    return dict(zip(map(_ID, rows), rows, strict=True))


def grouped(pairs: Iterable[tuple[str, R]]) -> dict[str, list[R]]:
    """The rows of each parent, in order."""
    found: dict[str, list[R]] = {}
    for parent_id, row in pairs:
        found.setdefault(parent_id, []).append(row)
    return found


def _is_row(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, tuple) and hasattr(hint, "_fields")


def _called(hint: Any) -> str:
    return getattr(hint, "__name__", str(hint))


def _maker(row: type[R]) -> tuple[Callable[[Iterable[Any]], R], _Fields | None]:
    """What makes a row of its fields, and what makes the fields of many rows of columns; None: values are fields."""
    make: Callable[[Iterable[Any]], R] = partial(tuple.__new__, row)  # type: ignore[type-var]
    parts: list[Callable[[Sequence[Any]], Iterable[Any]]] = []
    start, is_plain = 0, True
    for hint in get_type_hints(row).values():
        stop = start + (len(names_of(hint)) if _is_row(hint) else 1)
        part = _part(hint, start, stop)
        is_plain = is_plain and part is None
        parts.append(part or itemgetter(start))
        start = stop
    return make, None if is_plain else lambda columns: zip(*[part(columns) for part in parts], strict=True)


def _part(hint: Any, start: int, stop: int) -> Callable[[Sequence[Any]], Iterable[Any]] | None:
    """What makes a field of many rows of the columns from `start` up to `stop`; None if the values stay as they are."""
    if _is_row(hint):
        make, of_columns = _maker(hint)
        if of_columns is None:
            return lambda columns: map(make, zip(*columns[start:stop], strict=True))
        return lambda columns: map(make, of_columns(columns[start:stop]))
    convert = _conversion(hint)
    return None if convert is None else lambda columns: map(convert, columns[start])


def _conversion(hint: Any) -> Callable[[Any], Any] | None:
    """What turns a value as it is stored into an Enum's member, or a list of values into a list of members."""
    kinds = [kind for kind in get_args(hint) or [hint] if kind is not NoneType]
    if len(kinds) != 1 or not isinstance(kinds[0], type) or not issubclass(kinds[0], Enum):
        return None
    members: dict[Any, Any] = {member.value: member for member in kinds[0]}
    if get_origin(hint) is list:
        return lambda values: list(map(members.__getitem__, values))
    return (members | {None: None} if NoneType in get_args(hint) else members).__getitem__
