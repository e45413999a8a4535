"""Relay connections: a page of the rows below a parent, read for all parents of a level at once."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Generic, TypeVar

from db.core.paging import EMPTY, Listing, Slice, among, counts, pages
from domain.paging import Key, Page, Paging
from domain.paging import cursor as encoded
from domain.paging import page as page_of
from resolvers.core.context import Context
from resolvers.core.fields import loaded_by
from resolvers.core.loaders import Loading

R = TypeVar("R")
Lister = Callable[..., Listing[R]]
"""A function that makes the listing for a context and other arguments.

It must be a function of a module, because a loader is known by this function and its arguments.
"""
BY_ID = "id"
"""The name of the order of ids in cursors."""
NO_PAGE = Page(0)
"""The page of a connection whose rows are not read."""
COUNTS = frozenset({"totalCount", "__typename"})
"""The fields of a connection that can be answered without reading its rows."""


@dataclass(frozen=True, slots=True)
class EdgeRow(Generic[R]):
    """A row of a page; its cursor is made only if it is selected."""

    node: R
    key: Key
    order: str

    @property
    def cursor(self) -> str:
        """The position of this row, to be passed as `after`."""
        return cursor(self.order, self.key)


@dataclass(frozen=True, slots=True)
class PageRow:
    """The position of a page in its connection."""

    part: Slice[Any]
    order: str
    page: Page

    @property
    def has_next_page(self) -> bool:
        """Whether rows follow this page."""
        return self.page.has_next(self.part.has_more)

    @property
    def has_previous_page(self) -> bool:
        """Whether rows come before this page."""
        return self.page.has_previous(self.part.has_more)

    @property
    def start_cursor(self) -> str | None:
        """The cursor of the first edge, to be passed as `before` for the page before this one."""
        return cursor(self.order, self.part.key(0)) if self.part.nodes else None

    @property
    def end_cursor(self) -> str | None:
        """The cursor of the last edge, to be passed as `after` for the next page."""
        return cursor(self.order, self.part.key(-1)) if self.part.nodes else None


@dataclass(slots=True, eq=False)
class ConnectionRow(Generic[R]):
    """One page of the rows below `parent`, which `lister` lists with `args`.

    Edges and cursors are made only if they are selected.
    """

    part: Slice[R]
    order: str
    page: Page
    lister: Lister[R]
    args: tuple[Hashable, ...]
    parent: str

    def __len__(self) -> int:
        """How many rows this page has."""
        return len(self.part.nodes)

    @property
    def nodes(self) -> list[R]:
        """The rows of this page, without cursors."""
        return self.part.nodes

    @property
    def edges(self) -> list[EdgeRow[R]]:
        """The rows of this page with their cursors."""
        return [EdgeRow(node, self.part.key(n), self.order) for n, node in enumerate(self.part.nodes)]

    @property
    def page_info(self) -> PageRow:
        """The position of this page."""
        return PageRow(self.part, self.order, self.page)


class _Pages(Loading[ConnectionRow[Any]]):
    """Loads pages, or pages without rows if only their counts are selected."""

    __slots__ = ("unread",)

    unread: Loading[ConnectionRow[Any]]

    def narrowed(self, selected: frozenset[str]) -> Loading[ConnectionRow[Any]]:
        """This loader, or the loader of pages without rows, which can only be counted."""
        return self.unread if selected and selected <= COUNTS else self


def connecting(
    context: Context, lister: Lister[R], page: Page, order: str, *args: Hashable
) -> Loading[ConnectionRow[R]]:
    """The loader of the pages of `lister(context, *args)` by parent; `order` is the name of the order in cursors."""
    pages = context.loading(read, lister, page, order, args, kind=_Pages)
    if isinstance(pages, _Pages):
        pages.unread = context.loading(_unread, lister, order, args)
    return pages


def listing(context: Context, lister: Lister[R], paging: Paging, *args: Hashable) -> Loading[ConnectionRow[R]]:
    """The loader of pages for a listing whose only order is by id."""
    return connecting(context, lister, page_of(paging, BY_ID, 1), BY_ID, *args)


async def edges_among(
    context: Context,
    lister: Lister[R],
    order: str,
    parent: str,
    ids: Sequence[str],
    *args: Hashable,
    column: str = "id",
) -> list[EdgeRow[R]]:
    """The edges of some rows of a list, in its order and with its cursors; only those that the list shows the actor.

    `ids` are the values of a column of the rows, and `args` those that the lister takes besides the context.
    """
    if not ids:
        return []
    return await context.load(_edges, parent, lister, order, args, (tuple(ids), column)) or []


@loaded_by()
def total_count(context: Context) -> Loading[int]:
    """How many rows all pages have together. They are counted only if this field is selected."""
    return context.loading(_counts)


async def read(
    context: Context, parents: Sequence[str], lister: Lister[R], page: Page, order: str, args: tuple[Hashable, ...]
) -> dict[str, ConnectionRow[R]]:
    """Read the page of each parent; a batch function for `Context.loading`."""
    async with context.reading() as connection:
        found = await pages(connection, lister(context, *args), parents, page)
    return {id_: ConnectionRow(found.get(id_, EMPTY), order, page, lister, args, id_) for id_ in parents}


async def _unread(
    _: Context, parents: Sequence[str], lister: Lister[Any], order: str, args: tuple[Hashable, ...]
) -> dict[str, ConnectionRow[Any]]:
    return {id_: ConnectionRow(EMPTY, order, NO_PAGE, lister, args, id_) for id_ in parents}


async def _counts(context: Context, connections: Sequence[ConnectionRow[Any]]) -> dict[ConnectionRow[Any], int]:
    """The total count of each of these connections, with one statement for each listing."""
    by_listing: dict[tuple[Lister[Any], tuple[Hashable, ...]], list[ConnectionRow[Any]]] = {}
    for one in connections:
        by_listing.setdefault((one.lister, one.args), []).append(one)
    totals: dict[ConnectionRow[Any], int] = {}
    for (lister, args), same in by_listing.items():
        parents = [one.parent for one in same]
        async with context.reading() as connection:
            found = await counts(connection, lister(context, *args), list(dict.fromkeys(parents)))
        totals.update(zip(same, map(found.get, parents, repeat(0)), strict=True))
    return totals


def cursor(order: str, key: Key) -> str:
    """The cursor of the row with this sort key."""
    return encoded(order, tuple(map(str, key)))


async def _edges(
    context: Context,
    parents: Sequence[str],
    lister: Lister[Any],
    order: str,
    args: tuple[Hashable, ...],
    wanted: tuple[tuple[str, ...], str],
) -> dict[str, list[EdgeRow[Any]]]:
    """The edges of the rows with these values of a column."""
    listing = among(lister(context, *args), *wanted)
    async with context.reading() as connection:
        found = await pages(connection, listing, parents, Page(len(wanted[0])))
    return {
        parent: [EdgeRow(node, part.key(number), order) for number, node in enumerate(part.nodes)]
        for parent, part in found.items()
    }
