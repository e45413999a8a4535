"""The catalogue of products and their releases."""

import asyncio
from typing import Any

from db.catalogue import products
from db.catalogue.products import ProductRow, ReleaseRow
from db.core.paging import ROOT, Listing
from domain.actions import Action
from domain.paging import DEFAULT_SIZE, page
from domain.subjects import Actor
from policies import facts
from policies.engine.policy import Policy
from resolvers.core.context import Context, Info
from resolvers.core.fields import loaded_by, with_level_loader
from resolvers.core.loaders import Loading
from resolvers.core.mutations import performs
from resolvers.core.node_kinds import Abilities, NodeKind
from resolvers.core.relations import Relation
from resolvers.core.relay import ConnectionRow, connecting


def _catalogue(
    context: Context, first: int = DEFAULT_SIZE, after: str | None = None
) -> Loading[ConnectionRow[ProductRow]]:
    context.require(Action.PRODUCTS_READ, facts.GATEWAY)
    return connecting(context, _products, page(first, after, "name", 2), "name")


@performs(Action.PRODUCTS_READ)
@with_level_loader(_catalogue, ROOT)
def catalogue(
    info: Info, first: int = DEFAULT_SIZE, after: str | None = None
) -> "asyncio.Future[ConnectionRow[ProductRow] | None]":
    """All products, ordered by name."""
    return _catalogue(info.context, first, after).load(ROOT)


@loaded_by("product_id")
def product(context: Context) -> Loading[ProductRow]:
    """The product."""
    return context.loading(PRODUCT.find)


@loaded_by("id")
def releases(context: Context) -> Loading[list[ReleaseRow]]:
    """The product's releases, the newest first."""
    return context.loading(_RELEASES)


def _products(_: Context) -> Listing[ProductRow]:
    return products.listed()


def _readable_by_all(context: Context, keys: Any) -> tuple[Any, ...]:
    """The arguments of queries of the catalogue. Every signed-in actor may read it."""
    context.require(Action.PRODUCTS_READ, facts.GATEWAY)
    return (keys,)


def _abilities(policy: Policy, actor: Actor, _: ProductRow | ReleaseRow) -> Abilities:
    return {Action.PRODUCTS_READ: policy.explain(actor, Action.PRODUCTS_READ, facts.GATEWAY)}


_BY_IDS = Relation(products.BY_IDS, products.PRODUCTS, _readable_by_all)
_RELEASES_BY_IDS = Relation(products.RELEASES_BY_IDS, products.RELEASES, _readable_by_all)
_RELEASES = Relation(products.RELEASES_BY_PRODUCT, products.RELEASES, _readable_by_all, "product_id", many=True)
PRODUCT = NodeKind("product", ProductRow, _BY_IDS, _abilities)
RELEASE = NodeKind("release", ReleaseRow, _RELEASES_BY_IDS, _abilities)
