"""Relay connections: a page of the rows below a parent, read for all parents of a level at once."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Generic, TypeVar

from db.core.paging import EMPTY, Listing, Slice, counts, pages
from domain import paging
from domain.paging import Page
from resolvers.core.context import Context
from resolvers.core.fields import loaded_by
from resolvers.core.loaders import Loading

R = TypeVar("R")
Lister = Callable[..., Listing[R]]
"""A function that makes the listing for a context and other arguments.

It must be a function of a module, because a loader is known by this function and its arguments.
"""
COUNTS = frozenset({"totalCount", "__typename"})
"""The fields of a connection that can be answered without reading its rows."""


@dataclass(frozen=True, slots=True)
class EdgeRow(Generic[R]):
    """A row of a page; its cursor is made only if it is selected."""

    node: R
    key: paging.Key
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
    has_previous_page: bool

    @property
    def has_next_page(self) -> bool:
        """Whether rows follow this page."""
        return self.part.has_next

    @property
    def start_cursor(self) -> str | None:
        """The cursor of the first edge. It exists only for Relay clients: no list can be read backwards."""
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
    has_previous_page: bool
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
        return PageRow(self.part, self.order, self.has_previous_page)


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


def listing(
    context: Context, lister: Lister[R], first: int, after: str | None, *args: Hashable
) -> Loading[ConnectionRow[R]]:
    """The loader of pages for a listing whose only order is by id."""
    return connecting(context, lister, paging.page(first, after, "id", 1), "id", *args)


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
    has_previous = page.after is not None
    return {id_: ConnectionRow(found.get(id_, EMPTY), order, has_previous, lister, args, id_) for id_ in parents}


async def _unread(
    _: Context, parents: Sequence[str], lister: Lister[Any], order: str, args: tuple[Hashable, ...]
) -> dict[str, ConnectionRow[Any]]:
    return {id_: ConnectionRow(EMPTY, order, False, lister, args, id_) for id_ in parents}


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


def cursor(order: str, key: paging.Key) -> str:
    """The cursor of the row with this sort key."""
    return paging.cursor(order, tuple(map(str, key)))
