"""Statements that are built and compiled once, and then only given their values.

SQLAlchemy builds a statement anew for each call, and looks its text up by walking through all of it: for the nested
views that took longer than PostgreSQL took to answer. Here a statement's builder is called once for each shape of its
arguments (which of them are given, not what they are), with parameters in the place of values.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Generic, TypeVar, get_type_hints

from sqlalchemy import ARRAY, BigInteger, BindParameter, ClauseElement, Date, Integer, Text, bindparam, func
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from db.core.engine import fetch
from db.core.rows import ALL, Columns, making
from db.tables.types import ID
from domain.paging import Page
from domain.problems import BadInput
from domain.reach import NOWHERE, Reach

R = TypeVar("R")

# A value of these types is a parameter; of any other, it is part of the statement.
_PLAIN: dict[type, TypeEngine[Any]] = {str: Text(), list: Text(), date: Date(), int: Integer()}
# What stands for an argument when the builder of a `RowQuery` is tried.
_EXAMPLES: dict[Any, Any] = {str: "", Sequence[str]: [], date: date.min, Reach: NOWHERE}
_BETWEEN = "\n"
BIGINT = re.compile(r"[0-9]{1,18}")
DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A text with the places its values come from: the n-th of the arguments' values, or a constant of its own."""

    sql: str
    places: tuple[tuple[int | None, Any, bool], ...]
    built: Any


class Statement:
    """A statement with named parameters, written or built, that is compiled with its first use."""

    def __init__(self, written: ClauseElement) -> None:
        """A text, or a query with a bindparam for each value."""
        self._written = written

    @cached_property
    def compiled(self) -> tuple[str, tuple[str, ...]]:
        """The driver's text, and the names of its parameters in their order."""
        compiled: Any = self._written.compile(dialect=DIALECT)
        return str(compiled), tuple(compiled.positiontup)

    async def run(self, connection: AsyncConnection, **values: Any) -> list[Any]:
        """Run it with these values, as the driver takes them: a JSON value is a text. Gives what the driver read."""
        sql, names = self.compiled
        return await fetch(connection, sql, *map(values.__getitem__, names))


class RowStatement(Statement, Generic[R]):
    """A written statement that gives rows: the names that it gives its columns are those of the row type, in order.

    Only the server knows these names; a test compares them for every statement there is.
    """

    def __init__(self, row: type[R], written: ClauseElement) -> None:
        """`names_of` tells which columns a row type is read from."""
        super().__init__(written)
        self.row = row
        self.make = making(row)

    async def rows(self, connection: AsyncConnection, **values: Any) -> list[R]:
        """The rows for these values, as the driver takes them."""
        sql, names = self.compiled
        return self.make(await fetch(connection, sql, *map(values.__getitem__, names)), ALL)


class Prepared:
    """A statement as a function of its arguments: reaches, pages, texts, lists of ids, dates, numbers and choices.

    The builder returns a query, alone or first in a tuple with whatever its caller wants back beside the rows. It may
    ask whether an argument is None, and look into choices (enums and booleans), but not into other values.
    """

    def __init__(self, build: Callable[..., Any]) -> None:
        """Nothing is built before the first use."""
        self._build = build
        self._known: dict[Any, _Compiled] = {}

    async def rows(self, connection: AsyncConnection, *args: Any) -> Sequence[Any]:
        """The rows for these arguments."""
        return (await self.run(connection, *args))[0]

    async def run(self, connection: AsyncConnection, *args: Any) -> tuple[Sequence[Any], Any]:
        """The rows, and what the builder returned. Raises BadInput for a cursor whose parts have the wrong type."""
        shape = tuple(map(_shape, args))
        compiled = self._known.get(shape)
        if compiled is None:
            compiled = self._known[shape] = self._compile(args)
        values = _values(args, [])
        given = tuple(
            constant if place is None else _number(values[place]) if numeric else values[place]
            for place, constant, numeric in compiled.places
        )
        return await fetch(connection, compiled.sql, *given), compiled.built

    def _compile(self, args: tuple[Any, ...]) -> _Compiled:
        built = self._build(*_symbols(args, iter(range(1_000_000))))
        query = built[0] if isinstance(built, tuple) else built
        compiled = query.compile(dialect=DIALECT)
        places = []
        for name in compiled.positiontup:
            bound = compiled.binds[name]
            place = int(name[1:]) if name.startswith("§") else None
            numeric = isinstance(bound.type, BigInteger) and place is not None
            places.append((place, bound.value, numeric))
        return _Compiled(compiled.string, tuple(places), built)


class RowQuery(Prepared, Generic[R]):
    """A prepared query that gives rows: its builder says from where and which, and `columns` what is read of them."""

    def __init__(self, columns: Columns[R], build: Callable[..., Any]) -> None:
        """The builder is called once with an example of each argument: raises TypeError as `Columns.of` does."""
        super().__init__(lambda *args: columns.of(build(*args)))
        self.build, self.columns = build, columns
        hints = get_type_hints(build)
        self._build(*_symbols([_EXAMPLES[hint] for name, hint in hints.items() if name != "return"], iter(range(99))))

    async def rows(self, connection: AsyncConnection, *args: Any) -> list[R]:
        """The rows for these arguments."""
        return self.columns.make((await self.run(connection, *args))[0], ALL)


def _shape(arg: Any) -> Any:
    kind = type(arg)
    if kind in _PLAIN or kind is Reach:
        return kind
    if kind is Page:
        return Page, arg.after and len(arg.after)
    if isinstance(arg, tuple):
        return kind, *map(_shape, arg)
    return arg


def _values(args: Iterable[Any], values: list[Any]) -> list[Any]:
    """The values of arguments, in the order in which `_symbols` numbers their parameters."""
    for arg in args:
        kind = type(arg)
        if kind in _PLAIN:
            values.append(_joined(arg) if kind is list else arg)
        elif kind is Reach:
            values += (arg.teams, arg.own_teams, arg.me)
        elif kind is Page:
            # One row more than the page holds tells whether another page follows.
            values += (arg.first + 1, *(arg.after or ()))
        elif isinstance(arg, tuple):
            _values(arg, values)
    return values


def _symbols(args: Sequence[Any], numbers: Iterator[int]) -> list[Any]:
    return [_symbol(arg, numbers) for arg in args]


def _symbol(arg: Any, numbers: Iterator[int]) -> Any:
    if isinstance(arg, Reach):
        teams, own_teams = _parameter(numbers, ARRAY(ID)), _parameter(numbers, ARRAY(ID))
        return Reach(teams, own_teams, _parameter(numbers, ID))  # type: ignore[arg-type]
    if isinstance(arg, Page):
        first = _parameter(numbers, Integer())
        after = None if arg.after is None else tuple(_parameter(numbers, Text()) for _ in arg.after)
        return Page(first, after)  # type: ignore[arg-type]
    if isinstance(arg, tuple):
        parts = _symbols(arg, numbers)
        return type(arg)(*parts) if hasattr(arg, "_fields") else tuple(parts)
    kind = _PLAIN.get(type(arg))
    if kind is None:
        return arg
    parameter = _parameter(numbers, kind)
    return func.string_to_array(parameter, _BETWEEN, type_=ARRAY(ID)) if type(arg) is list else parameter


def _joined(ids: list[str]) -> str:
    """Ids as one text, which the server divides: the driver takes as long for a few of an array as for all of this.

    No id has a line break, so one with a line break is none and finds nothing.
    """
    text = _BETWEEN.join(ids)
    return text if text.count(_BETWEEN) < max(len(ids), 1) else _BETWEEN.join(id_ for id_ in ids if _BETWEEN not in id_)


def _parameter(numbers: Iterator[int], kind: TypeEngine[Any]) -> BindParameter[Any]:
    return bindparam(f"§{next(numbers)}", type_=kind)


def _number(text: Any) -> int:
    if not isinstance(text, str) or not BIGINT.fullmatch(text):
        raise BadInput("`after` is not a cursor of this connection; pass an `endCursor` or a `cursor` it gave.")
    return int(text)
