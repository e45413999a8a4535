"""The catalogue of products and their releases, and the mutation that adds a product."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from db.catalogue import products
from db.catalogue.products import ProductRow, ReleaseRow
from db.core import ids
from db.core.paging import ROOT, Listing
from domain import text
from domain.actions import Action
from domain.paging import BY_NAME, Paging, page
from domain.problems import BadInput, UserError, UserErrorCode
from domain.subjects import Actor
from domain.text import NAME_RULE
from policies import facts
from policies.engine.policy import Policy
from resolvers.core.changed_lists import told
from resolvers.core.context import Context, Info
from resolvers.core.fields import loaded_by, paged, with_level_loader
from resolvers.core.loaders import Loading
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, mutation, performs
from resolvers.core.node_kinds import Abilities, NodeKind
from resolvers.core.relations import Relation
from resolvers.core.relay import ConnectionRow, EdgeRow, connecting, edges_among

MAX_DESCRIPTION = 1_000


@dataclass
class AddProductInput(MutationInput):
    """The product to add to the catalogue."""

    name: str
    description: str = ""


@dataclass
class AddProductPayload:
    """The product that was added. `errors` say why none was added."""

    product: ProductRow | None = field(
        default=None, metadata={"description": "The new product; null if none was added."}
    )
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.PRODUCTS_ADD)
async def add_product(change: Change, input: AddProductInput) -> AddProductPayload:
    """Add a product to the catalogue, without releases. Only the vendor's staff may do it.

    NAME_INVALID. NAME_TAKEN: the catalogue has a product with this name. Raises FORBIDDEN.
    """
    await change.decide(facts.business(change.actor))
    if len(input.description) > MAX_DESCRIPTION:
        raise BadInput(f"`description` must have at most {MAX_DESCRIPTION:,} characters.")
    name = text.display_name(input.name)
    if name is None:
        return AddProductPayload(errors=[UserError(UserErrorCode.NAME_INVALID, NAME_RULE, ["name"])])
    product = ProductRow(ids.new("product"), name, input.description.strip())
    if not await products.add(change.connection, product):
        message = "The catalogue has a product with this name."
        return AddProductPayload(errors=[UserError(UserErrorCode.NAME_TAKEN, message, ["name"])])
    await change.record(None, product.id, {}, {"name": product.name})
    return AddProductPayload(product)


def _catalogue(context: Context, paging: Paging) -> Loading[ConnectionRow[ProductRow]]:
    context.require(Action.PRODUCTS_READ, facts.GATEWAY)
    return connecting(context, _products, page(paging, BY_NAME, 2), BY_NAME)


@performs(Action.PRODUCTS_READ)
@with_level_loader(paged(_catalogue), ROOT)
@paged
def catalogue(info: Info, paging: Paging) -> "asyncio.Future[ConnectionRow[ProductRow] | None]":
    """All products, ordered by name."""
    return _catalogue(info.context, paging).load(ROOT)


@performs(Action.PRODUCTS_READ)
@told
async def new_product_edges(root: AddProductPayload, info: Info) -> list[EdgeRow[ProductRow]]:
    """The new product, with its place in the catalogue."""
    ids = [] if root.product is None else [root.product.id]
    return await edges_among(info.context, _products, BY_NAME, ROOT, ids)


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
