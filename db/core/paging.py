"""Pages of many parents in one statement. Every connection of the graph is read this way.

A connection inside a list asks for the same page of each parent. One LATERAL join reads all these pages. With one
statement for each parent, the cost of a query would grow with the number of parents.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, wraps
from typing import Any, Generic, NamedTuple, TypeVar, TypeVarTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    TableValuedAlias,
    bindparam,
    column,
    func,
    select,
    true,
    tuple_,
)

from db.core.connection import Connection
from db.core.descriptions import Column
from db.core.reach import any_of
from db.core.rows import FIRST, PARENT, Columns
from db.core.statements import Prepared
from db.core.timestamps import json_time, moment_of
from db.tables.types import ID
from domain.paging import Key, Page

Args = TypeVarTuple("Args")
R = TypeVar("R")
Rows = Select[*tuple[Any, ...]]

ROOT = "root"
"""The only parent of a listing that belongs to no row."""


class Slice(NamedTuple, Generic[R]):
    """The rows of one page in order, and whether there are more rows beyond it in the direction of reading.

    `rows` are the rows as the driver returned them. Each ends with the `key_width` values of its sort key.
    """

    nodes: list[R]
    rows: Sequence[Any]
    key_width: int
    has_more: bool

    def key(self, index: int) -> Key:
        """Return the sort key of a row, which its cursor contains."""
        key: Key = self.rows[index][-self.key_width :]
        return key


EMPTY: Slice[Any] = Slice([], [], 0, has_more=False)


@dataclass(frozen=True, slots=True)
class Definition(Generic[R]):
    """What a connection lists.

    `rows` takes the column that holds the parent's id and returns a query for the parent's rows. `columns` are the
    columns to read. `keys` are the expressions (texts or integers) that sort the rows; the last one is unique.
    """

    rows: Callable[[ColumnElement[str]], Rows]
    keys: Sequence[ColumnElement[Any]]
    columns: Columns[R]
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Listing(Generic[R]):
    """The function that builds a definition, and its arguments. It is called once for all arguments of one shape."""

    define: Callable[..., Definition[R]]
    args: tuple[Any, ...]


def listing(define: Callable[[*Args], Definition[R]]) -> Callable[[*Args], Listing[R]]:
    """Turn a function that returns a definition into one that returns a listing. It takes positional arguments only.

    `Prepared` says which of its arguments' values the function may look at.
    """

    @wraps(define)
    def make_listing(*args: *Args) -> Listing[R]:
        return Listing(define, args)

    return make_listing


def among(listing: Listing[R], ids: Sequence[str], column: str = "id") -> Listing[R]:
    """Return the listing of those rows that have one of these values in a column."""
    return Listing(_among(listing.define, column), (list(ids), *listing.args))


@cache
def _among(define: Callable[..., Definition[R]], column_name: str) -> Callable[..., Definition[R]]:
    def define_among(ids: Any, *args: Any) -> Definition[R]:
        definition = define(*args)
        [id_] = [one for one in definition.columns if one.key == column_name]
        return replace(definition, rows=lambda parent: definition.rows(parent).where(id_ == any_of(ids)))

    return define_among


async def pages(connection: Connection, listing: Listing[R], parents: Sequence[str], page: Page) -> dict[str, Slice[R]]:
    """Return the page of each parent, by parent id. A parent without rows is left out."""
    rows, definition = await _PAGES.run(connection, listing.define, listing.args, list(parents), page)
    key_width = len(definition.keys)
    nodes = definition.columns.make(rows, slice(1, -key_width))
    by_parent: dict[str, Slice[R]] = {}
    start = 0
    # The rows of one parent follow each other, and a Counter keeps the order of the parents.
    for id_, number in Counter(map(FIRST, rows)).items():
        # The row that tells whether there are more is the last one, or the first one if the page is read backwards.
        more = number > page.size
        first = start + (more and page.backwards)
        end = first + min(number, page.size)
        by_parent[id_] = Slice(nodes[first:end], rows[first:end], key_width, more)
        start += number
    return by_parent


async def counts(connection: Connection, listing: Listing[R], parents: Sequence[str]) -> dict[str, int]:
    """Return the number of rows of each parent, by parent id. A parent without rows is left out."""
    rows, _ = await _COUNTS.run(connection, listing.define, listing.args, list(parents))
    return {row[0]: row[1] for row in rows}


def page_query(
    define: Callable[..., Definition[R]], args: tuple[Any, ...], parents: Any, page: Page
) -> tuple[Rows, Definition[R]]:
    """Return the query for a page of each of these parents, an array expression, and its definition."""
    definition = define(*args)
    unnested = _unnest(parents)
    parent = unnested.c.id
    labels = [key.label(f"key_{n}") for n, key in enumerate(definition.keys)]
    # Times become texts after the limit: PostgreSQL would do it before the sort, for every row of the parent.
    moments = {column.key: moment for column in definition.columns if (moment := moment_of(column)) is not None}
    rows = definition.rows(parent)
    if rows.exported_columns.keys():
        query, moments = definition.columns.apply_to(rows), {}
    else:
        query = rows.with_only_columns(*(moments.get(one.key, one).label(one.key) for one in definition.columns))
    query = query.add_columns(*labels)
    inner = _paged(definition, query, page).lateral("page")
    shown = [json_time(one).label(one.key) if one.key in moments else one for one in inner.c]
    order = [inner.c[label.name] for label in labels]
    paged = select(parent.label("parent_id"), *shown).select_from(unnested).join(inner, true())
    return paged.order_by(parent, *(key.desc() if definition.descending else key.asc() for key in order)), definition


def count_query(define: Callable[..., Definition[R]], args: tuple[Any, ...], parents: Any) -> Rows:
    """Return the query for the number of rows of each of these parents, an array expression."""
    unnested = _unnest(parents)
    parent = unnested.c.id
    definition = define(*args)
    inner = definition.columns.apply_to(definition.rows(parent)).lateral("listed")
    return (
        select(parent.label("parent_id"), func.count().label("number"))
        .select_from(unnested)
        .join(inner, true())
        .group_by(parent)
    )


def _page_columns(built: tuple[Rows, Definition[Any]]) -> list[Column]:
    definition = built[1]
    keys = [Column(f"key_{n}", str | int) for n in range(len(definition.keys))]
    return [PARENT, *definition.columns.expected, *keys]


_PAGES = Prepared("page", page_query, _page_columns)
_COUNTS = Prepared("count", count_query, lambda _: [PARENT, Column("number", int)])


def _unnest(ids: Any) -> TableValuedAlias:
    return func.unnest(ids).table_valued(column("id", ID), name="parent").render_derived()


def _paged(definition: Definition[R], query: Rows, page: Page) -> Rows:
    keys = definition.keys
    place = tuple_(*keys)
    if page.after is not None:
        after = _place(page.after, keys)
        query = query.where(place < after if definition.descending else place > after)
    if page.before is not None:
        before = _place(page.before, keys)
        query = query.where(place > before if definition.descending else place < before)
    # Backwards, the last rows are found from the end. The outer query puts them into their order.
    falling = definition.descending is not page.backwards
    return query.order_by(*(key.desc() if falling else key.asc() for key in keys)).limit(page.size)


def _place(cursor: Key, keys: Sequence[ColumnElement[Any]]) -> Any:
    # The parts of a cursor are texts. As parameters they get the types of their keys.
    parts: Any = zip(cursor, keys, strict=True)
    return tuple_(*(bindparam(part.key, type_=key.type) for part, key in parts))
