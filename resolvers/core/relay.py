"""Relay connections: a page of rows below a parent, read for all parents of a level at once."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Generic, TypeVar

from db.core.paging import EMPTY, Listing, Slice, counts, pages
from domain import paging
from domain.paging import Page
from resolvers.core.context import Context
from resolvers.core.fields import of_each
from resolvers.core.loaders import Loading

R = TypeVar("R")
Lister = Callable[..., Listing[R]]
"""Makes the listing for a context and further arguments; a module's function, because loaders are told apart by it."""
COUNTS = frozenset({"totalCount", "__typename"})
"""The fields of a connection that need none of its rows."""


@dataclass(frozen=True, slots=True)
class EdgeRow(Generic[R]):
    """A row on its page; the cursor is made when it is asked for."""

    node: R
    key: paging.Key
    order: str

    @property
    def cursor(self) -> str:
        """Where this row stands, to be passed as `after`."""
        return _cursor(self.order, self.key)


@dataclass(frozen=True, slots=True)
class PageRow:
    """Where the page stands in the connection."""

    part: Slice[Any]
    order: str
    has_previous_page: bool

    @property
    def has_next_page(self) -> bool:
        """Whether rows follow."""
        return self.part.has_next

    @property
    def start_cursor(self) -> str | None:
        """The first edge's cursor. Only Relay asks for it: no list is read backwards."""
        return _cursor(self.order, self.part.key(0)) if self.part.nodes else None

    @property
    def end_cursor(self) -> str | None:
        """The last edge's cursor, to be passed as `after` for the next page."""
        return _cursor(self.order, self.part.key(-1)) if self.part.nodes else None


@dataclass(slots=True, eq=False)
class ConnectionRow(Generic[R]):
    """One page; what nobody asks for, its edges or its cursors, is not made.

    `lister`, with `args`, lists the rows below `parent`, of which this is a page.
    """

    part: Slice[R]
    order: str
    has_previous_page: bool
    lister: Lister[R]
    args: tuple[Hashable, ...]
    parent: str

    def __len__(self) -> int:
        """The rows of this page."""
        return len(self.part.nodes)

    @property
    def nodes(self) -> list[R]:
        """The rows themselves."""
        return self.part.nodes

    @property
    def edges(self) -> list[EdgeRow[R]]:
        """The rows with their cursors."""
        return [EdgeRow(node, self.part.key(n), self.order) for n, node in enumerate(self.part.nodes)]

    @property
    def page_info(self) -> PageRow:
        """Where the page stands."""
        return PageRow(self.part, self.order, self.has_previous_page)


class _Pages(Loading[ConnectionRow[Any]]):
    """Pages that need not be read where only their counts are looked at."""

    __slots__ = ("unread",)

    unread: Loading[ConnectionRow[Any]]

    def narrowed(self, selected: frozenset[str]) -> Loading[ConnectionRow[Any]]:
        """The pages, or empty ones that can only be counted."""
        return self.unread if selected and selected <= COUNTS else self


def connecting(
    context: Context, lister: Lister[R], page: Page, order: str, *args: Hashable
) -> Loading[ConnectionRow[R]]:
    """How to load the pages of `lister(context, *args)` below parents, in an order that their cursors name."""
    pages = context.loading(read, lister, page, order, args, kind=_Pages)
    if isinstance(pages, _Pages):
        pages.unread = context.loading(_unread, lister, order, args)
    return pages


def listing(
    context: Context, lister: Lister[R], first: int, after: str | None, *args: Hashable
) -> Loading[ConnectionRow[R]]:
    """The same for a listing that has one order with one key, its id."""
    return connecting(context, lister, paging.page(first, after, "id", 1), "id", *args)


@of_each()
def total_count(context: Context) -> Loading[int]:
    """How many there are in all pages together; counted only when asked for."""
    return context.loading(_counts)


async def read(
    context: Context, parents: Sequence[str], lister: Lister[R], page: Page, order: str, args: tuple[Hashable, ...]
) -> dict[str, ConnectionRow[R]]:
    """The page of each parent; a batch for `Context.loading`."""
    async with context.reading() as connection:
        found = await pages(connection, lister(context, *args), parents, page)
    later = page.after is not None
    return {id_: ConnectionRow(found.get(id_, EMPTY), order, later, lister, args, id_) for id_ in parents}


async def _unread(
    _: Context, parents: Sequence[str], lister: Lister[Any], order: str, args: tuple[Hashable, ...]
) -> dict[str, ConnectionRow[Any]]:
    return {id_: ConnectionRow(EMPTY, order, False, lister, args, id_) for id_ in parents}


async def _counts(context: Context, asked: Sequence[ConnectionRow[Any]]) -> dict[ConnectionRow[Any], int]:
    listings: dict[tuple[Lister[Any], tuple[Hashable, ...]], list[ConnectionRow[Any]]] = {}
    for one in asked:
        listings.setdefault((one.lister, one.args), []).append(one)
    numbers: dict[ConnectionRow[Any], int] = {}
    for (lister, args), listed in listings.items():
        parents = [one.parent for one in listed]
        async with context.reading() as connection:
            found = await counts(connection, lister(context, *args), list(dict.fromkeys(parents)))
        numbers.update(zip(listed, map(found.get, parents, repeat(0)), strict=True))
    return numbers


def _cursor(order: str, key: paging.Key) -> str:
    return paging.cursor(order, tuple(map(str, key)))
