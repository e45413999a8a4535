"""Pages of many parents in one statement: what every connection of the graph is read with.

A connection nested in a list asks for the same page of each parent. One LATERAL join answers all of them; a
statement a parent would make the cost of a view grow with its width.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Generic, NamedTuple, ParamSpec, TypeVar

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
from sqlalchemy.ext.asyncio import AsyncConnection

from db.core.rows import FIRST, Columns
from db.core.statements import Prepared
from db.tables.types import ID
from domain.paging import Key, Page

P = ParamSpec("P")
R = TypeVar("R")
Rows = Select[*tuple[Any, ...]]

ROOT = "root"
"""The one parent of a listing that hangs on nothing."""


class Slice(NamedTuple, Generic[R]):
    """The rows of one page in order, and whether more follow.

    `found` are the rows as they were read, and end with the `width` values that order them.
    """

    nodes: list[R]
    found: Sequence[Any]
    width: int
    has_next: bool

    def key(self, index: int) -> Key:
        """The sort key of a row, of which its cursor is made."""
        key: Key = self.found[index][-self.width :]
        return key


EMPTY: Slice[Any] = Slice([], [], 0, has_next=False)


@dataclass(frozen=True, slots=True)
class Definition(Generic[R]):
    """What a connection lists.

    `rows` gives, for the column that holds the parent's id, a query for the rows below it, and `columns` are what is
    read of them; `keys` are the expressions (texts or integers) that order them, the last one unique.
    """

    rows: Callable[[ColumnElement[str]], Rows]
    keys: Sequence[ColumnElement[Any]]
    columns: Columns[R]
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Listing(Generic[R]):
    """A definition with its arguments, which is built once for all arguments of one shape."""

    define: Callable[..., Definition[R]]
    args: tuple[Any, ...]


def listing(define: Callable[P, Definition[R]]) -> Callable[P, Listing[R]]:
    """Make a function that gives a listing of one that defines it; see `Prepared` for what it may look at."""

    @wraps(define)
    def listed(*args: P.args, **kwargs: P.kwargs) -> Listing[R]:
        return Listing(define, (*args, *kwargs.values()))

    return listed


async def pages(
    connection: AsyncConnection, listing: Listing[R], parents: Sequence[str], page: Page
) -> dict[str, Slice[R]]:
    """The page of each parent; a parent without rows is not in the answer."""
    rows, (_, definition) = await _PAGES.run(connection, listing.define, listing.args, list(parents), page)
    width = len(definition.keys)
    nodes = definition.columns.make(rows, slice(1, -width))
    found: dict[str, Slice[R]] = {}
    start = 0
    # The rows come parent by parent, and a Counter keeps the order.
    for id_, many in Counter(map(FIRST, rows)).items():
        last = start + min(many, page.first)
        found[id_] = Slice(nodes[start:last], rows[start:last], width, many > page.first)
        start += many
    return found


async def counts(connection: AsyncConnection, listing: Listing[R], parents: Sequence[str]) -> dict[str, int]:
    """How many rows each parent has; a parent without rows is not in the answer."""
    rows = await _COUNTS.rows(connection, listing.define, listing.args, list(parents))
    return {row[0]: row[1] for row in rows}


def _page(
    define: Callable[..., Definition[R]], args: tuple[Any, ...], parents: Any, page: Page
) -> tuple[Rows, Definition[R]]:
    definition = define(*args)
    unnested = _unnest(parents)
    parent = unnested.c.id
    labels = [key.label(f"key_{n}") for n, key in enumerate(definition.keys)]
    inner = _paged(definition, definition.columns.of(definition.rows(parent)).add_columns(*labels), page).lateral(
        "page"
    )
    order = [inner.c[label.name] for label in labels]
    query = select(parent.label("parent_id"), *inner.c).select_from(unnested).join(inner, true())
    return query.order_by(parent, *(key.desc() if definition.descending else key.asc() for key in order)), definition


def _count(define: Callable[..., Definition[R]], args: tuple[Any, ...], parents: Any) -> Rows:
    unnested = _unnest(parents)
    parent = unnested.c.id
    definition = define(*args)
    inner = definition.columns.of(definition.rows(parent)).lateral("listed")
    return select(parent, func.count()).select_from(unnested).join(inner, true()).group_by(parent)


_PAGES, _COUNTS = Prepared(_page), Prepared(_count)


def _unnest(ids: Any) -> TableValuedAlias:
    return func.unnest(ids).table_valued(column("id", ID), name="parent").render_derived()


def _paged(definition: Definition[R], query: Rows, page: Page) -> Rows:
    keys = definition.keys
    if page.after is not None:
        # The cursor's parts are texts; as parameters they take the types of their keys.
        parts: Any = zip(page.after, keys, strict=True)
        after = tuple_(*(bindparam(part.key, type_=key.type) for part, key in parts))
        query = query.where(tuple_(*keys) < after if definition.descending else tuple_(*keys) > after)
    order = [key.desc() if definition.descending else key.asc() for key in keys]
    return query.order_by(*order).limit(page.first)
