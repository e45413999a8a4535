"""The catalogue of products and their releases."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from db.catalogue import products
from db.catalogue.products import ProductRow, ReleaseRow
from db.core.database import Connection
from db.core.paging import ROOT, Listing
from domain.actions import Action
from domain.paging import DEFAULT_SIZE, page
from domain.subjects import Actor
from policies import facts
from policies.engine.policy import Policy
from resolvers.core.context import Context, Info
from resolvers.core.fields import loaded_by
from resolvers.core.loaders import Loading
from resolvers.core.mutations import performs
from resolvers.core.node_kinds import Abilities, FindReadable, NodeKind
from resolvers.core.relay import ConnectionRow, connecting

R = TypeVar("R")


@performs(Action.PRODUCTS_READ)
def catalogue(
    info: Info, first: int = DEFAULT_SIZE, after: str | None = None
) -> "asyncio.Future[ConnectionRow[ProductRow] | None]":
    """All products, ordered by name."""
    info.context.require(Action.PRODUCTS_READ, facts.GATEWAY)
    return connecting(info.context, _products, page(first, after, "name", 2), "name").load(ROOT)


@loaded_by("product_id")
def product(context: Context) -> Loading[ProductRow]:
    """The product."""
    return context.loading(PRODUCT.find)


@loaded_by("id")
def releases(context: Context) -> Loading[list[ReleaseRow]]:
    """The product's releases, the newest first."""
    return context.loading(_releases)


def _products(_: Context) -> Listing[ProductRow]:
    return products.listed()


async def _releases(context: Context, ids: Sequence[str]) -> Mapping[str, list[ReleaseRow]]:
    async with context.reading() as connection:
        releases = await products.releases(connection, ids)
    return {id_: releases.get(id_, []) for id_ in ids}


def _readable_by_all(find: Callable[[Connection, Sequence[str]], Awaitable[Mapping[str, R]]]) -> FindReadable[R]:
    """A batch that finds rows of the catalogue. Every signed-in actor may read them."""

    async def by_ids(context: Context, ids: Sequence[str]) -> Mapping[str, R]:
        context.require(Action.PRODUCTS_READ, facts.GATEWAY)
        async with context.reading() as connection:
            return await find(connection, ids)

    return by_ids


def _abilities(policy: Policy, actor: Actor, _: ProductRow | ReleaseRow) -> Abilities:
    return {Action.PRODUCTS_READ: policy.explain(actor, Action.PRODUCTS_READ, facts.GATEWAY)}


PRODUCT = NodeKind("product", ProductRow, _readable_by_all(products.by_ids), _abilities)
RELEASE = NodeKind("release", ReleaseRow, _readable_by_all(products.releases_by_ids), _abilities)
