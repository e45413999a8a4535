"""The catalogue: products and their releases, and the mutation that adds a product."""

from datetime import date

import strawberry

from db.catalogue.products import ProductRow, ReleaseRow
from resolvers.catalogue import products
from schema.core.fields import expose, publish_input, shows
from schema.core.nodes import Node
from schema.core.paging import Edge
from schema.core.payloads import payload
from schema.core.refs import ProductConnection, ProductRef

publish_input(
    products.AddProductInput,
    name="The name of the product. No other product of the catalogue has it.",
    description=f"What the product is; up to {products.MAX_DESCRIPTION:,} characters.",
)


@shows(ReleaseRow)
class Release(Node):
    """A version of a product."""

    name: str = strawberry.field(description="The name of the release.")
    released_on: date = strawberry.field(description="The day on which it was released.")
    product: ProductRef = expose(products.product, ProductRef)


@shows(ProductRow)
class Product(Node):
    """A piece of software that is sold by the seat."""

    name: str = strawberry.field(description="The name of the product.")
    description: str = strawberry.field(description="What the product is.")
    sold_until: date | None = strawberry.field(
        description="The last day (UTC) on which it is sold; null if no such day is set. Subscriptions stay until "
        "their terms end."
    )
    releases: list[Release] = expose(products.releases, list[Release])


catalogue = expose(products.catalogue, ProductConnection)
add_product = expose(
    products.add_product,
    payload(products.AddProductPayload, product_edges=expose(products.new_product_edges, list[Edge[ProductRef]]))
    | None,
)
