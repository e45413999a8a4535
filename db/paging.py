"""Pages of many parents in one statement: what every connection of the graph is read with.

A connection nested in a list asks for the same page of each parent. One LATERAL join answers all of them; a
statement a parent would make the cost of a view grow with its width.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Row,
    Select,
    TableValuedAlias,
    bindparam,
    column,
    func,
    literal,
    select,
    true,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import ID
from domain.paging import Key, Page
from domain.problems import BadInput

R = TypeVar("R")
Rows = Select[*tuple[Any, ...]]

BIGINT = re.compile(r"[0-9]{1,18}")
ROOT = ""
"""The one parent of a listing that hangs on nothing."""


class Edge(NamedTuple, Generic[R]):
    """A row with its sort key, of which its cursor is made."""

    node: R
    key: Key


class Slice(NamedTuple, Generic[R]):
    """The edges of one page in order, and whether more follow."""

    edges: list[Edge[R]]
    has_next: bool


EMPTY: Slice[Any] = Slice([], has_next=False)


@dataclass(frozen=True, slots=True)
class Listing(Generic[R]):
    """What a connection lists.

    `rows` gives, for the column that holds the parent's id, the rows below it; `keys` are the expressions (texts or
    integers) that order them, the last one unique; `make` turns the values of a row into what resolvers see.
    """

    rows: Callable[[ColumnElement[str]], Rows]
    keys: Sequence[ColumnElement[Any]]
    make: Callable[[Iterable[Any]], R]
    descending: bool = False


async def pages(
    connection: AsyncConnection, listing: Listing[R], parents: Sequence[str], page: Page
) -> dict[str, Slice[R]]:
    """The page of each parent; a parent without rows is not in the answer."""
    width = len(listing.keys)
    unnested = _unnest(parents)
    parent = unnested.c.id
    labels = [key.label(f"key_{n}") for n, key in enumerate(listing.keys)]
    inner = _paged(listing, listing.rows(parent).add_columns(*labels), page).lateral("page")
    order = [inner.c[f"key_{n}"] for n in range(width)]
    query = select(parent, *inner.c).select_from(unnested).join(inner, true())
    query = query.order_by(parent, *(key.desc() if listing.descending else key.asc() for key in order))
    found: dict[str, list[Edge[R]]] = {}
    for row in await connection.execute(query):
        found.setdefault(row[0], []).append(_edge(listing, row, width))
    return {id_: Slice(edges[: page.first], len(edges) > page.first) for id_, edges in found.items()}


async def counts(connection: AsyncConnection, listing: Listing[R], parents: Sequence[str]) -> dict[str, int]:
    """How many rows each parent has; a parent without rows is not in the answer."""
    unnested = _unnest(parents)
    parent = unnested.c.id
    inner = listing.rows(parent).lateral("listed")
    query = select(parent, func.count()).select_from(unnested).join(inner, true()).group_by(parent)
    return {row[0]: row[1] for row in await connection.execute(query)}


def _unnest(ids: Sequence[str]) -> TableValuedAlias:
    listed = func.unnest(bindparam(None, list(ids), ARRAY(ID), unique=True))
    return listed.table_valued(column("id", ID), name="parent").render_derived()


def _paged(listing: Listing[R], query: Rows, page: Page) -> Rows:
    keys = listing.keys
    if page.after is not None:
        row, after = tuple_(*keys), tuple_(*map(_typed, keys, page.after))
        query = query.where(row < after if listing.descending else row > after)
    order = [key.desc() if listing.descending else key.asc() for key in keys]
    # One row more than the page holds tells whether another page follows.
    return query.order_by(*order).limit(page.first + 1)


def _edge(listing: Listing[R], row: Row[Any], width: int) -> Edge[R]:
    return Edge(listing.make(row[1:-width]), tuple(map(str, row[-width:])))


def _typed(key: ColumnElement[Any], text: str) -> ColumnElement[Any]:
    """A part of a cursor as a parameter of its key's type. Raises BadInput for what is no such value."""
    if not isinstance(key.type, BigInteger):
        return literal(text, key.type)
    if not BIGINT.fullmatch(text):
        raise BadInput("`after` is not a cursor of this connection; pass an `endCursor` or a `cursor` it gave.")
    return literal(int(text), key.type)
