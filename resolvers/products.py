"""The catalogue of products, and pools by product."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Protocol

from db import products
from db.paging import ROOT, Listing
from db.products import ProductRow, ReleaseRow
from domain.actions import Action
from domain.paging import DEFAULT_SIZE, page
from policies import facts
from resolvers.batched import of_each
from resolvers.changes import performs
from resolvers.connections import ConnectionRow, connecting
from resolvers.context import Context, Info
from resolvers.loading import Loading
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
    return connecting(info.context, _products, page(first, after, "name", 2), "name").load(ROOT)


@of_each("product_id")
def product(context: Context) -> Loading[ProductRow]:
    """The product."""
    return context.loading(by_id, "product")


@of_each("id")
def releases(context: Context) -> Loading[list[ReleaseRow]]:
    """The product's releases, the newest first."""
    return context.loading(_releases)


def _products(_: Context) -> Listing[ProductRow]:
    return products.listed()


async def _releases(context: Context, ids: Sequence[str]) -> Mapping[str, list[ReleaseRow]]:
    async with context.reading() as connection:
        releases = await products.releases(connection, ids)
    return {id_: releases.get(id_, []) for id_ in ids}
