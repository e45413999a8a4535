"""Rows by name: the columns that a row type is read from, and how its rows are made from the driver's records.

A row type is a NamedTuple. A field is read from the column of the same name. A field that is itself a row is read from
the columns whose names begin with the field's name: `user_email` is the `email` of the field `user`. A field whose type
is an Enum holds the Enum's member for the value that was read, and a field of type `Json` or `list[Json]` the decoded
value. `columns_of` and `RowQuery` compare the names when a module is imported. Those of every statement, also of one
that is a text, are compared with PostgreSQL's description of it before its first run. After that, rows are made by
position, which costs less. A statement with one column may also be read as plain values (texts, numbers …).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from operator import attrgetter, itemgetter
from types import NoneType
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

import orjson
from sqlalchemy import Select

from db.core.descriptions import Column, is_json
from db.tables.base import Base

R = TypeVar("R")
Make = Callable[[Sequence[Any], slice], list[R]]
"""Takes the driver's records and the slice of their values to use; returns a row for each record."""

_Fields = Callable[[Sequence[Any]], Iterable[Iterable[Any]]]

FIRST = itemgetter(0)
PARENT = Column("parent_id", str)
ALL, _REST = slice(None), slice(1, None)
_ID = attrgetter("id")


@dataclass(frozen=True, slots=True)
class Columns(Generic[R]):
    """The columns that a row type is read from, in the order in which `make` expects their values.

    `expected` are the names and types that the server must return for them.
    """

    row: type[R]
    expressions: tuple[Any, ...]
    make: Make[R]
    expected: tuple[Column, ...]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.expressions)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the columns, in order."""
        return tuple(expression.key for expression in self.expressions)

    def apply_to(self, query: Any) -> Any:
        """Return the query (a Select or an Update) with these columns. They are added to a query that names none.

        Raises TypeError if the query names other columns, or the same columns in another order.
        """
        names = tuple(query.exported_columns.keys())
        if not names:
            return query.with_only_columns(*self) if isinstance(query, Select) else query.returning(*self)
        if names != self.names:
            raise TypeError(f"a query for {self.row.__name__} returns {', '.join(names)}, not {', '.join(self.names)}")
        return query


def columns_of(row: type[R], table: type[Base], **by_field: Any) -> Columns[R]:
    """Return the columns of a row type: the expressions in `by_field`, and the table's columns for all other fields.

    For a field that is itself a row, pass the `Columns` of its type. Raises TypeError if a name in `by_field` is not a
    field, or if a field has neither an expression nor a column.
    """
    fields = get_type_hints(row)
    unknown = sorted(by_field.keys() - fields.keys())
    if unknown:
        raise TypeError(f"{row.__name__} has no field {', '.join(unknown)}; it has {', '.join(fields)}")
    expressions: list[Any] = []
    for name, hint in fields.items():
        expression = by_field.get(name)
        if is_row(hint) or isinstance(expression, Columns):
            if not isinstance(expression, Columns) or expression.row is not hint:
                raise TypeError(f"{row.__name__}.{name} needs the columns of {_type_name(hint)}")
            labels = names_of(columns_read(expression.row))
            expressions += (inner.label(f"{name}_{label}") for inner, label in zip(expression, labels, strict=True))
        elif expression is not None:
            expressions.append(expression.label(name))
        elif name in table.__table__.c:
            expressions.append(getattr(table, name))
        else:
            raise TypeError(f"{row.__name__}.{name} has neither an expression nor a column of {table.__tablename__}")
    return Columns(row, tuple(expressions), row_maker(row), columns_read(row))


def with_parent(parent: Any, columns: Columns[R]) -> Columns[tuple[str, R]]:
    """Return the columns for pairs of a parent's id and a row of the parent."""

    def make(rows: Sequence[Any], _: slice) -> list[tuple[str, R]]:
        return list(zip(map(FIRST, rows), columns.make(rows, _REST), strict=True))

    return Columns(tuple, (parent.label("parent_id"), *columns), make, (PARENT, *columns.expected))


def columns_read(row: Any) -> tuple[Column, ...]:
    """Return the columns that a row type, or a type of plain values, is read from, in order.

    Raises TypeError if two of them have the same name.
    """
    if not is_row(row):
        return (Column(None, row),)
    columns: list[Column] = []
    for name, hint in get_type_hints(row).items():
        inner = [Column(f"{name}_{one.name}", one.hint) for one in columns_read(hint)] if is_row(hint) else []
        columns += inner or [Column(name, hint)]
    names = names_of(columns)
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise TypeError(f"{row.__name__} reads two fields from the column {', '.join(repeated)}")
    return tuple(columns)


def names_of(columns: Iterable[Column]) -> list[str]:
    """Return the names of the columns of a row type."""
    return [str(column.name) for column in columns]


def row_maker(row: type[R]) -> Make[R]:
    """Return the function that makes rows of records, with no Python call for each row.

    The values have the order of `columns_read`.
    """
    if not is_row(row):
        convert = conversion(row) or _as_it_is
        return lambda rows, _: [convert(record[0]) for record in rows]
    make, of_columns = _maker(row)
    if of_columns is None:
        # A slice of a record is a tuple. To make a row from the record itself takes a quarter longer.
        return lambda rows, part: list(map(make, map(itemgetter(part), rows)))
    return lambda rows, part: list(map(make, of_columns(list(zip(*rows, strict=True))[part]))) if rows else []


def row_constructor(row: type[R]) -> Callable[[Iterable[Any]], R]:
    """Return a function that makes a row from its fields, without a Python call."""
    return partial(tuple.__new__, row)  # type: ignore[type-var]


def one_or_none(rows: Sequence[R]) -> R | None:
    """Return the row of a query that finds at most one row, or None if it found no row."""
    return rows[0] if rows else None


def by_id(rows: Sequence[R]) -> dict[str, R]:
    """Return the rows by their `id`."""
    return dict(zip(map(_ID, rows), rows, strict=True))


def grouped(pairs: Iterable[tuple[str, R]]) -> dict[str, list[R]]:
    """Return the rows of each parent by its id, in the order of the pairs."""
    by_parent: dict[str, list[R]] = {}
    for parent_id, row in pairs:
        by_parent.setdefault(parent_id, []).append(row)
    return by_parent


def is_row(hint: Any) -> bool:
    """Return whether a type is a row type."""
    return isinstance(hint, type) and issubclass(hint, tuple) and hasattr(hint, "_fields")


def _type_name(hint: Any) -> str:
    return getattr(hint, "__name__", str(hint))


def _maker(row: type[R]) -> tuple[Callable[[Iterable[Any]], R], _Fields | None]:
    """Return a function that makes a row from its fields, and one that turns columns into the fields of many rows.

    The second one is None if the fields are the values of the columns, unchanged.
    """
    make = row_constructor(row)
    parts: list[Callable[[Sequence[Any]], Iterable[Any]]] = []
    start, is_plain = 0, True
    for hint in get_type_hints(row).values():
        stop = start + len(columns_read(hint))
        part = _part(hint, start, stop)
        is_plain = is_plain and part is None
        parts.append(part or itemgetter(start))
        start = stop
    return make, None if is_plain else lambda columns: zip(*[part(columns) for part in parts], strict=True)


def _part(hint: Any, start: int, stop: int) -> Callable[[Sequence[Any]], Iterable[Any]] | None:
    """Return a function that makes one field of many rows from the columns `start` to `stop` (exclusive).

    Returns None if the field is the value of its column, unchanged.
    """
    if is_row(hint):
        make, of_columns = _maker(hint)
        if of_columns is None:
            return lambda columns: map(make, zip(*columns[start:stop], strict=True))
        return lambda columns: map(make, of_columns(columns[start:stop]))
    convert = conversion(hint)
    return None if convert is None else lambda columns: map(convert, columns[start])


def _as_it_is(value: Any) -> Any:
    return value


class _Members(dict[Any, Any]):
    """The members of an Enum by their values. A dictionary is faster than calling the Enum for each value."""

    def __init__(self, kind: type[Enum]) -> None:
        super().__init__((member.value, member) for member in kind)
        self._kind = kind

    def __missing__(self, value: object) -> Enum:
        """Raise ValueError, which names the Enum and the value."""
        return self._kind(value)


def conversion(hint: Any) -> Callable[[Any], Any] | None:
    """Return a function that turns a stored value into an Enum's member (or a list of them), or JSON into its value."""
    if is_json(hint):
        return orjson.loads
    kinds = [kind for kind in get_args(hint) or [hint] if kind is not NoneType]
    if len(kinds) == 1 and is_json(kinds[0]):
        return lambda text: None if text is None else orjson.loads(text)
    if len(kinds) != 1 or not isinstance(kinds[0], type) or not issubclass(kinds[0], Enum):
        return None
    members = _Members(kinds[0])
    if get_origin(hint) is list:
        return lambda values: list(map(members.__getitem__, values))
    if NoneType in get_args(hint):
        members[None] = None
    return members.__getitem__
