"""The catalogue: products and their releases."""

from datetime import date

from db.catalogue.products import ProductRow, ReleaseRow
from resolvers.catalogue import products
from schema.core.fields import expose, shows
from schema.core.nodes import Node
from schema.core.refs import ProductConnection, ProductRef


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


catalogue = expose(products.catalogue, ProductConnection)
