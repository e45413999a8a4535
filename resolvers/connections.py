"""Relay connections: a page of rows below a parent, read for all parents of a level at once."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from db.paging import EMPTY, ROOT, Listing, counts, pages
from domain import paging
from domain.paging import Page
from resolvers.context import Context

R = TypeVar("R")
Lister = Callable[..., Listing[R]]
"""Makes the listing for a context and further arguments; a module's function, because loaders are told apart by it."""


@dataclass(frozen=True, slots=True)
class EdgeRow(Generic[R]):
    """A row on its page; the cursor is made when it is asked for."""

    node: R
    key: paging.Key
    order: str

    @property
    def cursor(self) -> str:
        """Where this row stands, to be passed as `after`."""
        return paging.cursor(self.order, tuple(map(str, self.key)))


@dataclass(frozen=True, slots=True)
class PageRow:
    """Where the page stands in the connection."""

    has_next_page: bool
    has_previous_page: bool
    edges: Sequence[EdgeRow[Any]]

    @property
    def start_cursor(self) -> str | None:
        """The first edge's cursor. Only Relay asks for it: no list is read backwards."""
        return self.edges[0].cursor if self.edges else None

    @property
    def end_cursor(self) -> str | None:
        """The last edge's cursor, to be passed as `after` for the next page."""
        return self.edges[-1].cursor if self.edges else None


@dataclass(frozen=True, slots=True)
class ConnectionRow(Generic[R]):
    """One page; `count` counts all rows of the connection when it is called, all parents of a level together."""

    edges: list[EdgeRow[R]]
    page_info: PageRow
    count: Callable[[], Awaitable[int | None]]

    def __len__(self) -> int:
        """The rows of this page."""
        return len(self.edges)

    @property
    def nodes(self) -> list[R]:
        """The rows themselves."""
        return [edge.node for edge in self.edges]


def connect(
    context: Context,
    lister: Lister[R],
    parent: str,
    page: Page,
    order: str,
    *args: Hashable,
) -> "asyncio.Future[ConnectionRow[R] | None]":
    """The page of `lister(context, *args)` below this parent, in an order that its cursors name."""
    return context.load(_pages, parent, lister, page, order, args)


def listed(
    context: Context, lister: Lister[R], first: int, after: str | None, *args: Hashable, parent: str = ROOT
) -> "asyncio.Future[ConnectionRow[R] | None]":
    """The page of a listing that has one order with one key, its id."""
    return connect(context, lister, parent, paging.page(first, after, "id", 1), "id", *args)


async def _pages(
    context: Context, parents: Sequence[str], lister: Lister[R], page: Page, order: str, args: tuple[Hashable, ...]
) -> dict[str, ConnectionRow[R]]:
    async with context.reading() as connection:
        found = await pages(connection, lister(context, *args), parents, page)

    def row(parent: str) -> ConnectionRow[R]:
        part = found.get(parent, EMPTY)
        edges = [EdgeRow(node, key, order) for node, key in part.edges]
        where = PageRow(part.has_next, page.after is not None, edges)
        return ConnectionRow(edges, where, lambda: context.load(_counts, parent, lister, args))

    return {id_: row(id_) for id_ in parents}


async def _counts(
    context: Context, parents: Sequence[str], lister: Lister[R], args: tuple[Hashable, ...]
) -> dict[str, int]:
    async with context.reading() as connection:
        found = await counts(connection, lister(context, *args), parents)
    return {id_: found.get(id_, 0) for id_ in parents}
