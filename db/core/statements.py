"""Statements that are built and compiled once. Each later call only passes the values.

With SQLAlchemy's own cache, each call builds the statement again and walks through all of it to find its text. For
nested queries that took longer than PostgreSQL needed to answer. Here the function that builds a statement is called
once for each shape of its arguments (which of them are None, not their values), with parameters in place of the values.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import count
from operator import itemgetter
from types import NoneType
from typing import Any, Generic, TypeVar, get_args, get_type_hints

import orjson
from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    BindParameter,
    ClauseElement,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    Text,
    bindparam,
    func,
)
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.types import TypeEngine

from db.core.connection import Connection
from db.core.descriptions import Column, Sql
from db.core.rows import ALL, Columns, columns_read, is_row, one_or_none, row_maker
from db.tables.types import ID
from domain.paging import Key, Page
from domain.problems import BadInput
from domain.reach import NOWHERE, Reach

R = TypeVar("R")

# A value of one of these types becomes a parameter. A value of any other type is a part of the statement.
_PARAMETER_TYPES: dict[type, TypeEngine[Any]] = {
    str: Text(),
    list: Text(),
    date: Date(),
    datetime: DateTime(timezone=True),
    int: BigInteger(),
    bytes: LargeBinary(),
}
# The arguments with which the builder of a `RowQuery` is tried, by their type. One that may be None is tried as None.
_EXAMPLES: dict[Any, Any] = {str: "", int: 0, Sequence[str]: [], date: date.min, Reach: NOWHERE}
_SEPARATOR = "\n"
_ARGUMENT = "argument__"
MAX_KEPT = 1_000
"""How many shapes of a statement are kept; then the oldest goes. Filters have more shapes than memory is worth."""
BIGINT = re.compile(r"[0-9]{1,18}")
DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement, the source of each of its parameters, and what the builder returned besides the query.

    A source is the index of an argument's value (None for a constant), the constant, and whether to pass a number.
    """

    sql: Sql
    sources: tuple[tuple[int | None, Any, bool], ...]
    rest: Any


class TooManyShapes(Exception):
    """A prepared statement has been compiled for as many shapes of its arguments as it may be."""


class Statement(Generic[R]):
    """A statement with named parameters, and the type of its rows. It is compiled at its first use.

    The row type is a NamedTuple, or the type of the values of a statement with one column. A statement without rows has
    the row type `NoneType`.
    """

    def __init__(self, name: str, row_type: type[R], clause: ClauseElement) -> None:
        """Take a text, or a query with a bindparam for each value. `name` shows in errors."""
        self.name, self.row_type, self._clause = name, row_type, clause
        self.make = row_maker(row_type)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns that the server must return."""
        return () if self.row_type is NoneType else columns_read(self.row_type)

    @cached_property
    def sql(self) -> Sql:
        """The statement as it goes to the server."""
        return Sql(self.name, str(self._compiled), self.columns)

    async def rows(self, connection: Connection, **values: Any) -> list[R]:
        """Run the statement and return its rows. Raises KeyError if a parameter is missing."""
        return self.make(await connection.fetch(self.sql, *[read(values) for read in self._sources]), ALL)

    async def row(self, connection: Connection, **values: Any) -> R | None:
        """Run a statement that returns at most one row. Returns None if there is none."""
        return one_or_none(await self.rows(connection, **values))

    async def run(self, connection: Connection, **values: Any) -> None:
        """Run a statement whose rows are not read."""
        await connection.fetch(self.sql, *[read(values) for read in self._sources])

    @cached_property
    def _compiled(self) -> Any:
        return self._clause.compile(dialect=DIALECT)

    @cached_property
    def _sources(self) -> list[Callable[[dict[str, Any]], Any]]:
        return [_source(name, self._compiled.binds[name]) for name in self._compiled.positiontup]


class Prepared:
    """A statement as a function of its arguments: reaches, pages, texts, lists of ids, dates, numbers and choices.

    `build` returns a query, or a tuple that begins with a query and holds what the caller needs besides the rows. It
    may test whether an argument is None, and it may read choices (enums and booleans). It must not read other values:
    they are parameters. `columns` returns the expected columns for what `build` returned.
    """

    def __init__(
        self,
        name: str,
        build: Callable[..., Any],
        columns: Callable[[Any], Sequence[Column]],
        max_shapes: int | None = None,
    ) -> None:
        """Store the builder. It is called at the first use, and for at most `max_shapes` shapes of the arguments."""
        self.name, self._max_shapes = name, max_shapes
        self._build, self._columns = build, columns
        self._compiled: dict[Any, Compiled] = {}

    async def run(self, connection: Connection, *args: Any) -> tuple[Sequence[Any], Any]:
        """Return the driver's records, and what the builder returned besides the query.

        Raises BadInput if a cursor has a wrong part, and TooManyShapes.
        """
        compiled = self.find(args)
        values = _values(args, [])
        parameters = tuple(
            constant if index is None else _number(values[index]) if is_number else values[index]
            for index, constant, is_number in compiled.sources
        )
        return await connection.fetch(compiled.sql, *parameters), compiled.rest

    def find(self, args: tuple[Any, ...]) -> "Compiled":
        """Return the statement for arguments of this shape. It is compiled at the first call. Raises TooManyShapes."""
        shape = tuple(map(_shape, args))
        known = self._compiled.get(shape)
        if known is None:
            if self._max_shapes is not None and len(self._compiled) >= self._max_shapes:
                raise TooManyShapes(self.name)
            known = self._compiled[shape] = self._compile(args)
            if len(self._compiled) > MAX_KEPT:
                del self._compiled[next(iter(self._compiled))]
        return known

    def _compile(self, args: tuple[Any, ...]) -> Compiled:
        built = self._build(*_parameters(args, count()))
        query = built[0] if isinstance(built, tuple) else built
        compiled = query.compile(dialect=DIALECT)
        sources = []
        for name in compiled.positiontup:
            bound = compiled.binds[name]
            index = int(name.removeprefix(_ARGUMENT)) if name.startswith(_ARGUMENT) else None
            is_number = isinstance(bound.type, BigInteger) and index is not None
            sources.append((index, bound.value, is_number))
        rest = built[1] if isinstance(built, tuple) else None
        return Compiled(Sql(self.name, compiled.string, self._columns(built)), tuple(sources), rest)


class RowQuery(Prepared, Generic[R]):
    """A prepared query that returns rows of a row type. `build` selects the rows, and `columns` are read of each.

    Its name is that of the builder.
    """

    def __init__(self, columns: Columns[R], build: Callable[..., Any]) -> None:
        """Call the builder once with an example of each argument. Raises TypeError as `Columns.apply_to` does."""
        name = f"{build.__module__}.{build.__name__}"
        super().__init__(name, lambda *args: columns.apply_to(build(*args)), lambda _: columns.expected)
        self.build, self.columns = build, columns
        hints = get_type_hints(build)
        examples = [_example(hint) for name, hint in hints.items() if name != "return"]
        self._build(*_parameters(examples, count()))

    def select(self, *args: Any) -> Any:
        """Return the query for these arguments, which are expressions and choices."""
        return self._build(*args)

    async def rows(self, connection: Connection, *args: Any) -> list[R]:
        """Return the rows for these arguments."""
        return self.columns.make((await self.run(connection, *args))[0], ALL)


def _source(name: str, bound: BindParameter[Any]) -> Callable[[dict[str, Any]], Any]:
    """Return the function that takes the value of a parameter from the values by name; a constant has its own value."""
    if bound.value is not None:
        constant = orjson.dumps(bound.value).decode() if isinstance(bound.type, JSON) else bound.value
        return lambda _: constant
    if isinstance(bound.type, JSON):
        return lambda values: None if values[name] is None else orjson.dumps(values[name]).decode()
    return itemgetter(name)


def _example(hint: Any) -> Any:
    if is_row(hint):
        return hint(*map(_example, get_type_hints(hint).values()))
    return None if NoneType in get_args(hint) else _EXAMPLES[hint]


def _shape(arg: Any) -> Any:
    type_ = type(arg)
    if type_ in _PARAMETER_TYPES or type_ is Reach:
        return type_
    if type_ is Page:
        return Page, arg.after and len(arg.after), arg.before and len(arg.before), arg.backwards
    if isinstance(arg, tuple):
        return type_, *map(_shape, arg)
    return arg


def _values(args: Iterable[Any], values: list[Any]) -> list[Any]:
    """Append the values of the arguments to `values`, in the order in which `_parameters` numbers them."""
    for arg in args:
        type_ = type(arg)
        if type_ in _PARAMETER_TYPES:
            values.append(_joined(arg) if type_ is list else arg)
        elif type_ is Reach:
            values += (arg.teams, arg.own_teams, arg.me)
        elif type_ is Page:
            # One row more than the page holds shows whether there are more.
            values += (arg.size + 1, *(arg.after or ()), *(arg.before or ()))
        elif isinstance(arg, tuple):
            _values(arg, values)
    return values


def _parameters(args: Sequence[Any], numbers: Iterator[int]) -> list[Any]:
    """Return the arguments with numbered parameters in place of their values."""
    return [_with_parameters(arg, numbers) for arg in args]


def _with_parameters(arg: Any, numbers: Iterator[int]) -> Any:
    if type(arg) is Reach:
        teams, own_teams = _parameter(numbers, ARRAY(ID)), _parameter(numbers, ARRAY(ID))
        return Reach(teams, own_teams, _parameter(numbers, ID))  # type: ignore[arg-type]
    if isinstance(arg, Page):
        size = _parameter(numbers, Integer())
        after, before = (_key_parameters(key, numbers) for key in (arg.after, arg.before))
        return Page(size, after, before, arg.backwards)  # type: ignore[arg-type]
    if isinstance(arg, tuple):
        parts = _parameters(arg, numbers)
        return type(arg)(*parts) if hasattr(arg, "_fields") else tuple(parts)
    type_ = _PARAMETER_TYPES.get(type(arg))
    if type_ is None:
        return arg
    parameter = _parameter(numbers, type_)
    return func.string_to_array(parameter, _SEPARATOR, type_=ARRAY(ID)) if type(arg) is list else parameter


def _key_parameters(key: Key | None, numbers: Iterator[int]) -> Any:
    return None if key is None else tuple(_parameter(numbers, Text()) for _ in key)


def _joined(ids: list[str]) -> str:
    """Return the ids as one text, which the server splits.

    The driver needs as long to encode a few ids of an array as to encode this whole text. No id contains a line break,
    so a text with a line break is not an id: it is left out, because it could find nothing.
    """
    text = _SEPARATOR.join(ids)
    if text.count(_SEPARATOR) < max(len(ids), 1):
        return text
    return _SEPARATOR.join(id_ for id_ in ids if _SEPARATOR not in id_)


def _parameter(numbers: Iterator[int], type_: TypeEngine[Any]) -> BindParameter[Any]:
    return bindparam(f"{_ARGUMENT}{next(numbers)}", type_=type_)


def _number(text: Any) -> int:
    if isinstance(text, int):
        return text
    if not isinstance(text, str) or not BIGINT.fullmatch(text):
        raise BadInput("`after` or `before` is not a cursor of this connection; pass a cursor that it returned.")
    return int(text)
