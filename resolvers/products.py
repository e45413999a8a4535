"""The catalogue of products, and pools by product."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Protocol

from db import products
from db.paging import Listing
from db.products import ProductRow, ReleaseRow
from domain.actions import Action
from domain.paging import DEFAULT_SIZE, page
from policies import facts
from resolvers.changes import performs
from resolvers.connections import ConnectionRow, connect
from resolvers.context import Context, Info
from resolvers.nodes import by_id


class OfProduct(Protocol):
    """Any row that names a product."""

    @property
    def product_id(self) -> str:
        """The product's id."""


@performs(Action.PRODUCTS_READ)
def catalogue(
    info: Info, first: int = DEFAULT_SIZE, after: str | None = None
) -> "asyncio.Future[ConnectionRow[ProductRow] | None]":
    """All products, by name."""
    info.context.require(Action.PRODUCTS_READ, facts.GATEWAY)
    return connect(info.context, _products, "", page(first, after, "name", 2), "name")


def product(root: OfProduct, info: Info) -> "asyncio.Future[ProductRow | None]":
    """The product."""
    return info.context.load(by_id, root.product_id, "product")


def releases(root: ProductRow, info: Info) -> "asyncio.Future[list[ReleaseRow] | None]":
    """The product's releases, the newest first."""
    return info.context.load(_releases, root.id)


def _products(_: Context) -> Listing[ProductRow]:
    return products.listed()


async def _releases(context: Context, ids: Sequence[str]) -> Mapping[str, list[ReleaseRow]]:
    async with context.reading() as connection:
        releases = await products.releases(connection, ids)
    return {id_: releases.get(id_, []) for id_ in ids}
