"""The catalogue, and pools of seats."""

from datetime import date

import strawberry

from db.catalogue.products import PoolRow, ProductRow, ReleaseRow
from resolvers.catalogue import products
from resolvers.seats import waiting_list as waits
from schema.core.fields import expose, shows
from schema.core.nodes import Node
from schema.core.refs import ProductConnection, ProductRef, WaitConnection


@shows(ReleaseRow)
class Release(Node):
    """A version of a product."""

    name: str
    released_on: date
    product: ProductRef = expose(products.product, ProductRef)


@shows(ProductRow)
class Product(Node):
    """A piece of software that is sold by the seat."""

    name: str
    description: str
    releases: list[Release] = expose(products.releases, list[Release])


@shows(PoolRow)
class Pool:
    """A team's seats of one product, in its active subscriptions."""

    product: ProductRef = expose(products.product, ProductRef)
    total: int = strawberry.field(description="Assigned and available ones.")
    assigned: int = strawberry.field(description="Those that somebody holds.")
    available: int = strawberry.field(description="Those that nobody holds.")
    waits: WaitConnection = expose(waits.pool_waits, WaitConnection)


catalogue = expose(products.catalogue, ProductConnection)
